using System.Text;
using System.Text.Json;

namespace Analytics.Api.Tests.Endpoints;

/// <summary>Every refusal that the OpenAPI document tells of, provoked: it is of the kind that the document's example shows, and has its fields.</summary>
[Collection(ApiCollection.Name)]
public sealed class RefusalTests(RunningApi api, ExampleShop shop, OtherApis others) : IClassFixture<ExampleShop>, IClassFixture<OtherApis>
{
    private const int TooLarge = 1_200_000;

    private static readonly SchemaCheck Schemas = ExampleCall.Schemas;

    private static int _callers;

    public static TheoryData<string, string, int> Refusals()
    {
        var all = new TheoryData<string, string, int>();
        foreach (var path in ApiDocument.Root.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                // A probe that fails answers in its own form.
                foreach (var status in operation.Value.GetProperty("responses").EnumerateObject().Where(one => one.Name[0] >= '4' && MediaOf(one.Value) is not null))
                {
                    all.Add(operation.Name.ToUpperInvariant(), path.Name, int.Parse(status.Name));
                }
            }
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_refusal_is_of_the_kind_that_its_example_shows(string method, string path, int status)
    {
        var call = await ExampleCall.OfAsync(api, shop, method, path);
        var described = call.Operation.GetProperty("responses").GetProperty($"{status}");
        var media = MediaOf(described)!.Value;
        var url = await SpoilAsync(call, status, media);

        var (reply, body) = await call.SendAsync(url);

        Assert.True((int)reply.StatusCode == status, $"Expected {status}; found {(int)reply.StatusCode}: {body}");
        Assert.Equal("application/problem+json", reply.Content.Headers.ContentType?.MediaType);
        Assert.Empty(Schemas.Faults(body, media.GetProperty("schema")));
        Assert.Equal(Told(media.GetProperty("example"), media), Told(body, media));
        if (Schemas.Resolve(described).TryGetProperty("headers", out var headers))
        {
            Assert.All(headers.EnumerateObject(), header => Assert.True(reply.Headers.Contains(header.Name), $"There is no {header.Name}."));
        }
    }

    private static JsonElement? MediaOf(JsonElement response) =>
        Schemas.Resolve(response).TryGetProperty("content", out var content) && content.TryGetProperty("application/problem+json", out var media) ? media : null;

    // What has to be the same: the kind of refusal and its fields; where the document says what was asked, its words too.
    private static string Told(JsonElement problem, JsonElement media) => media.TryGetProperty("x-request", out _)
        ? string.Join('\n', problem.EnumerateObject().Where(field => field.Name != "trace_id").Select(field => $"{field.Name}: {JsonSerializer.Serialize(field.Value)}"))
        : $"{problem.GetProperty("type")}\n{problem.GetProperty("title")}\n{string.Join(' ', problem.EnumerateObject().Select(field => field.Name))}";

    // Makes the call one that is refused so. Gives the address of another API where this one would not.
    private async Task<string?> SpoilAsync(ExampleCall call, int status, JsonElement media)
    {
        switch (status)
        {
            case 400:
                Misunderstand(call, media);
                return null;
            case 401:
                Unknown(call);
                return null;
            case 403:
                call.Key = call.Operation.GetProperty("x-key").GetString() == "write" ? api.ReadKey : api.WriteKey;
                return null;
            case 404:
                Lose(call);
                return null;
            case 409:
                await RepeatAsync(call);
                return null;
            case 412:
                call.Headers["If-Match"] = "\"999\"";
                return null;
            case 413:
                call.Body = Encoding.ASCII.GetBytes("{" + new string(' ', TooLarge) + "}");
                return null;
            case 415:
                call.Type = "application/xml";
                return null;
            case 422:
                return await AskTooMuchAsync(call);
            case 428:
                call.Headers.Remove("If-Match");
                return null;
            case 429:
                return await AskTooOftenAsync(call);
            case 503:
                var isDirectory = media.GetProperty("example").GetProperty("type").GetString()!.EndsWith("/directory-unavailable", StringComparison.Ordinal);
                return isDirectory ? await others.WithoutDirectoryAsync() : await others.WithoutHistoryAsync();
            default:
                throw new ArgumentOutOfRangeException(nameof(status), status, $"How is it provoked? Tell {nameof(RefusalTests)}.");
        }
    }

    private static void Misunderstand(ExampleCall call, JsonElement media)
    {
        if (media.TryGetProperty("x-request", out var asked))
        {
            call.Body = asked.TryGetProperty("body", out var body) ? Encoding.UTF8.GetBytes(body.GetRawText()) : call.Body;
            foreach (var parameter in asked.TryGetProperty("query", out var query) ? query.EnumerateObject().ToList() : [])
            {
                call.Query[parameter.Name] = parameter.Value.GetString()!;
            }
        }
        else if (call.Body is not null)
        {
            call.Body = "no JSON"u8.ToArray();
        }
        else
        {
            call.Query["limit"] = "0";
        }
    }

    private static void Unknown(ExampleCall call)
    {
        call.Key = null;
        if (call.Operation.GetProperty("operationId").GetString() == "signIn")
        {
            call.Body = """{"email": "ana@lamps.example", "password": "eight lamps in a row"}"""u8.ToArray();
            call.Headers["X-Forwarded-For"] = "203.0.113.1";
        }
    }

    private static void Lose(ExampleCall call)
    {
        var parts = call.Path.Split('/');
        var at = Array.FindLastIndex(parts, part => long.TryParse(part, out _));
        if (at < 0)
        {
            call.Query["app_id"] = "999999";
            return;
        }

        parts[at] = "999999999";
        call.Path = string.Join('/', parts);
    }

    // What can be done once only, done before.
    private async Task RepeatAsync(ExampleCall call)
    {
        if (call.Path.Contains("/sellers/", StringComparison.Ordinal))
        {
            call.Headers["Idempotency-Key"] = Guid.NewGuid().ToString();
            var (reply, _) = await call.SendAsync();
            await api.SendAsync(new HttpRequestMessage(HttpMethod.Delete, api.Url + reply.Headers.Location) { Headers = { { "If-Match", "*" } } }, api.AdminKey);
            return;
        }

        await call.SendAsync();
    }

    private async Task<string?> AskTooMuchAsync(ExampleCall call)
    {
        if (call.Method == "POST" && call.Path.Contains("/sellers/", StringComparison.Ordinal))
        {
            call.Headers["Idempotency-Key"] = Guid.NewGuid().ToString();
            await call.SendAsync();
            call.Body = """{"name": "another", "definition": {"tiles": [], "steps": [{"event": "a"}]}}"""u8.ToArray();
            return null;
        }

        return await others.StrictAsync();
    }

    private async Task<string> AskTooOftenAsync(ExampleCall call)
    {
        var url = await others.SlowAsync();
        call.Headers["X-Forwarded-For"] = $"198.51.100.{Interlocked.Increment(ref _callers) % 250}";
        for (var i = 0; i < 40; i++)
        {
            var (reply, _) = await call.SendAsync(url);
            if ((int)reply.StatusCode == 429)
            {
                break;
            }
        }

        return url;
    }
}
