using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Analytics.Storage.Postgres;
using Analytics.Testing;
using Microsoft.AspNetCore.Builder;
using Npgsql;

namespace Analytics.Api.Tests.Fuzzing;

/// <summary>Whatever is sent to any endpoint, the answer is 2xx, 304 or 4xx, and a 4xx says in problem+json what is wrong. Real stores; keys and tenants of its own.</summary>
/// <remarks>ANALYTICS_FUZZ_CASES sets how many cases, ANALYTICS_FUZZ_SEED runs the case of one seed alone.</remarks>
[Collection(ApiCollection.Name)]
public sealed class EndpointFuzzTests(RunningApi api) : IAsyncLifetime
{
    private const int UsualCases = 100_000;
    private const int AtOnce = 48;

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { Timeout = TimeSpan.FromSeconds(60) };
    private WebApplication _app = null!;
    private NpgsqlDataSource _postgres = null!;
    private string[] _keys = [];

    public async Task InitializeAsync()
    {
        var connection = await PostgresServer.NewDatabaseAsync();
        _postgres = NpgsqlDataSource.Create(connection);
        await PostgresMigrations.ApplyAsync(_postgres);
        var tenants = new Tenants(_postgres);
        await tenants.UpsertAsync(new(1, "one", "One"));
        await tenants.UpsertAsync(new(2, "two", "Two", "Europe/Berlin", "EUR"));
        var keys = new ApiKeys(_postgres);
        // Numbers from 1 on are what the cases end and rotate.
        var users = new Users(_postgres);
        for (var i = 0; i < FuzzedRequest.Things; i++)
        {
            await keys.CreateAsync("in the way", ApiKeyKind.Read, [1]);
            await users.CreateAsync($"{i}@lamps.example", "In the way", PasswordHash.OfNobody, isAdmin: false, new Dictionary<long, Role>());
        }

        var visitor = await users.CreateAsync("visitor@lamps.example", "Visitor", PasswordHash.OfNobody, isAdmin: false, new Dictionary<long, Role> { [1] = Role.Viewer });
        var (session, _) = await users.SignInAsync(visitor!, TimeSpan.FromHours(1), Actor.System);

        await using (var command = _postgres.CreateCommand("ALTER SEQUENCE api_keys_id_seq RESTART WITH 1000000000"))
        {
            await command.ExecuteNonQueryAsync();
        }

        var (_, admin) = await keys.CreateAsync("admin", ApiKeyKind.Admin, []);
        var (_, write) = await keys.CreateAsync("write", ApiKeyKind.Write, [1]);
        var (_, read) = await keys.CreateAsync("read", ApiKeyKind.Read, [1, 2]);
        _keys = [admin, write, read, session, "ak_session_" + new string('0', 72), "", "\u007f"];
        _app = ApiHost.Build([.. api.Settings, $"--Postgres:Connection={connection}", "--Answers:FreshSeconds=60", "--Kafka:DeliveryTimeout=00:00:30", $"--Logging:LogLevel:Default={(OneSeed is null ? "None" : "Error")}"]);
        await _app.StartAsync();
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    [Fact]
    public async Task Any_input_is_answered_with_success_or_with_a_problem_that_says_what_is_wrong()
    {
        var requests = new FuzzedRequest(_keys);
        var statuses = new ConcurrentDictionary<int, int>();
        var outcomes = new ConcurrentDictionary<(string Operation, bool IsGood), int>();
        var faults = new ConcurrentQueue<string>();
        await Parallel.ForEachAsync(Seeds(), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (seed, cancel) =>
        {
            var (request, operation) = requests.Of(seed, _app.Urls.First());
            using var sent = request;
            using var reply = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
            statuses.AddOrUpdate((int)reply.StatusCode, 1, (_, count) => count + 1);
            outcomes.AddOrUpdate((operation, reply.StatusCode < HttpStatusCode.BadRequest), 1, (_, count) => count + 1);
            if (await FaultAsync(request, reply) is { } fault)
            {
                faults.Enqueue($"seed {seed}: {request.Method} {Short(request.RequestUri!.PathAndQuery)} {Short(await BodyAsync(request))}\n    {fault}");
            }
        });

        var seen = string.Join(", ", statuses.OrderBy(one => one.Key).Select(one => $"{one.Key}: {one.Value}"));
        Assert.True(faults.IsEmpty, $"{faults.Count} faults ({seen}); a seed alone: ANALYTICS_FUZZ_SEED=<seed>\n{string.Join('\n', faults.Take(20))}");
        var (good, all) = (statuses.Where(one => one.Key < 400).Sum(one => one.Value), statuses.Values.Sum());
        // Else most of them say nothing: all stopped at the door, or none broken.
        Assert.True(all == 1 || (good > all / 20 && good < all * 9 / 10), $"{good} of {all} requests succeeded ({seen})");
        // Every operation, those to come too: some of its requests were done, others refused. Nobody signs in here: the users have no password.
        Assert.Empty(all == 1 ? [] : requests.Operations.Where(one => !outcomes.ContainsKey((one, false)) || (one != "signIn" && !outcomes.ContainsKey((one, true)))));
    }

    private static string? OneSeed => Environment.GetEnvironmentVariable("ANALYTICS_FUZZ_SEED") is { Length: > 0 } seed ? seed : null;

    private static IEnumerable<int> Seeds() => OneSeed is { } one
        ? [int.Parse(one, CultureInfo.InvariantCulture)]
        : Enumerable.Range(1, Environment.GetEnvironmentVariable("ANALYTICS_FUZZ_CASES") is { Length: > 0 } cases ? int.Parse(cases, CultureInfo.InvariantCulture) : UsualCases);

    private static async Task<string?> FaultAsync(HttpRequestMessage request, HttpResponseMessage reply)
    {
        var status = (int)reply.StatusCode;
        if (status is >= 200 and < 300 or 304)
        {
            return null;
        }

        var text = await reply.Content.ReadAsStringAsync();
        if (status is < 400 or >= 500)
        {
            return $"{status} {Short(text)}";
        }

        // A reply to HEAD has no body.
        if (request.Method == HttpMethod.Head)
        {
            return null;
        }

        return reply.Content.Headers.ContentType?.MediaType != "application/problem+json" ? $"{status} of type {reply.Content.Headers.ContentType}: {Short(text)}"
            : JsonDocument.Parse(text).RootElement is var problem && problem.GetProperty("status").GetInt32() == status && problem.GetProperty("detail").GetString()!.Length > 0 ? null
            : $"{status} with another problem: {Short(text)}";
    }

    private static async Task<string> BodyAsync(HttpRequestMessage request) => request.Content is null ? "" : await request.Content.ReadAsStringAsync();

    private static string Short(string text) => text.Length <= 300 ? text : text[..300] + "…";
}
