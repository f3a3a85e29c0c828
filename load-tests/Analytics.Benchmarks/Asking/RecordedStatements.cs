using System.Text.Json;
using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.ClickHouse.Questions;

namespace Analytics.Benchmarks.Asking;

/// <summary>The statements that a question becomes, recorded as they went over the wire, to be sent again without anything of ours.</summary>
internal sealed class RecordedStatements : DelegatingHandler
{
    private readonly List<(Uri Address, byte[] Body)> _statements = [];

    private RecordedStatements()
        : base(new SocketsHttpHandler())
    {
    }

    /// <summary>The statements of a trend.</summary>
    public static async Task<RecordedStatements> OfTrendAsync(ClickHouseOptions options, long tenant, string question, DateTimeOffset now)
    {
        var recorded = new RecordedStatements();
        using var client = new ClickHouseClient(options, TimeProvider.System, recorded);
        var rolled = new RolledPeriods(client, TimeProvider.System);
        var trends = new TrendQueries(new QuestionStore(client, new QuestionOptions()), rolled);
        var read = TrendReader.Read(QuestionNode.Of(JsonSerializer.Deserialize<JsonElement>(question)), new(TimeZoneInfo.Utc, "EUR", now, null, 10_000));
        var range = read.Scope.Range.Elapsed(now).WholeMinutes();
        await trends.OfAsync(tenant, read, range, range, CancellationToken.None);
        return recorded;
    }

    /// <summary>Sends them again, all at once, and reads the answers.</summary>
    public Task SendAsync(HttpClient http) => Task.WhenAll(_statements.Select(async statement =>
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, statement.Address) { Content = new ByteArrayContent(statement.Body) };
        using var reply = await http.SendAsync(request);
        _ = await reply.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync();
    }));

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        _statements.Add((request.RequestUri!, await request.Content!.ReadAsByteArrayAsync(cancellationToken)));
        return await base.SendAsync(request, cancellationToken);
    }
}
