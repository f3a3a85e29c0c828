using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Analytics.Api.Tests.Endpoints;

namespace Analytics.Api.Tests.Fuzzing;

/// <summary>Makes the request of a seed: an operation of the OpenAPI document, its example broken in some places.</summary>
internal sealed class FuzzedRequest(string[] keys)
{
    /// <summary>Keys and users that are there to be read, changed and ended, numbered from 1 on.</summary>
    public const int Things = 40;

    // A password takes a tenth of a second of a core, on purpose.
    private static readonly HashSet<string> Slow = ["signIn", "createUser", "changeUser"];

    private static readonly string[] HeaderNames = ["If-Match", "If-None-Match", "Idempotency-Key", "Cache-Control", "X-Forwarded-For", "Accept", "X-Api-Key", "Accept-Encoding", "Origin"];
    private static readonly string[] Types = ["application/json", "text/plain", "application/x-www-form-urlencoded", "application/xml", "multipart/form-data", "", "application/json; charset=utf-7"];
    private static readonly string[] Encodings = ["gzip", "br", "deflate", "zstd", "gzip, br", "identity"];

    private readonly SchemaCheck _schemas = new(ApiDocument.Root);
    private readonly (string Method, string Path, JsonElement Operation)[] _operations =
    [
        .. from path in ApiDocument.Root.GetProperty("paths").EnumerateObject()
           from operation in path.Value.EnumerateObject()
           from _ in Enumerable.Range(0, Slow.Contains(operation.Value.GetProperty("operationId").GetString()!) ? 1 : 10)
           select (operation.Name.ToUpperInvariant(), path.Name, operation.Value),
    ];

    /// <summary>The names of all operations that are asked.</summary>
    public IEnumerable<string> Operations => _operations.Select(one => NameOf(one.Operation)).Distinct();

    /// <summary>The request, and the name of the operation that it asks.</summary>
    public (HttpRequestMessage Request, string Operation) Of(int seed, string url)
    {
#pragma warning disable CA5394 // Not for secrets: the same seed has to make the same request.
        var random = new Random(seed);
        var (method, path, operation) = _operations[random.Next(_operations.Length)];
        if (random.Next(50) == 0)
        {
            method = ((string[])["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "QUERY"])[random.Next(8)];
        }

        // Some as they are, so that every operation is also done and the later ones find what it made.
        var isWhole = random.Next(6) == 0;
        var request = new HttpRequestMessage(new HttpMethod(method), new Uri(url + Address(path, isWhole, random) + Query(operation, isWhole, random), new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        if (operation.TryGetProperty("requestBody", out var body) && random.Next(40) > 0)
        {
            var example = _schemas.Resolve(body).GetProperty("content").GetProperty("application/json").GetProperty("example").GetRawText();
            AddBody(request, !isWhole && NameOf(operation) == "sql" && random.Next(3) > 0 ? WithQuery(example, random) : example, isWhole, random);
        }

        AddHeaders(request, operation, isWhole, random);
        return (request, NameOf(operation));
    }

    private static string NameOf(JsonElement operation) => operation.GetProperty("operationId").GetString()!;

    private static string WithQuery(string example, Random random)
    {
        var question = JsonNode.Parse(example)!;
        question["query"] = QueryMutation.Query(random);
        return question.ToJsonString();
    }

    private static string Address(string path, bool isWhole, Random random) => string.Join('/', path.Split('/').Select(part =>
        part.Length > 0 && part[0] == '{' ? (isWhole || random.Next(3) > 0 ? NumberFor(part, path, random) : Uri.EscapeDataString(InPath(Text(random))))
        : part.Length > 0 && !isWhole && random.Next(200) == 0 ? Uri.EscapeDataString(InPath(Text(random)))
        : part));

    private static string NumberFor(string part, string path, Random random) =>
        part == "{app_id}" || (part == "{id}" && path.Contains("/sellers/", StringComparison.Ordinal)) ? "1" : random.Next(1, Things + 1).ToString(CultureInfo.InvariantCulture);

    // The server itself refuses a zero byte in a path, before there is an application to answer for it.
    private static string InPath(string text) => text.Replace("\0", "", StringComparison.Ordinal);

    private string Query(JsonElement operation, bool isWhole, Random random)
    {
        var parameters = operation.TryGetProperty("parameters", out var described)
            ? described.EnumerateArray().Select(_schemas.Resolve).Where(one => one.GetProperty("in").GetString() == "query").ToList()
            : [];
        var parts = new List<string>();
        foreach (var parameter in parameters)
        {
            var name = parameter.GetProperty("name").GetString()!;
            if (!isWhole && name == "filter" && random.Next(3) == 0)
            {
                parts.Add($"{name}={Uri.EscapeDataString(QueryMutation.Filter(random))}");
            }
            else if (!isWhole && random.Next(3) == 0)
            {
                parts.Add($"{name}={Uri.EscapeDataString(Text(random))}");
            }
            else if (parameter.TryGetProperty("example", out var example) && (isWhole || random.Next(4) > 0))
            {
                parts.Add($"{name}={Uri.EscapeDataString(example.ToString())}");
            }
        }

        if (!isWhole && random.Next(10) == 0)
        {
            parts.Add(((string[])["key=" + Uri.EscapeDataString(Text(random)), "&&==", "%zz=%", "a[]=1&a[]=2", "start=%00", "limit=1&limit=2"])[random.Next(6)]);
        }

        return parts.Count == 0 ? "" : "?" + string.Join('&', parts);
    }

    private static void AddBody(HttpRequestMessage request, string example, bool isWhole, Random random)
    {
        request.Content = new ByteArrayContent(isWhole || random.Next(30) == 0 ? System.Text.Encoding.UTF8.GetBytes(example) : BodyMutation.Of(example, random));
        request.Content.Headers.TryAddWithoutValidation("Content-Type", !isWhole && random.Next(20) == 0 ? Types[random.Next(Types.Length)] : Types[0]);
        if (!isWhole && random.Next(40) == 0)
        {
            request.Content.Headers.TryAddWithoutValidation("Content-Encoding", Encodings[random.Next(Encodings.Length)]);
        }
    }

    private void AddHeaders(HttpRequestMessage request, JsonElement operation, bool isWhole, Random random)
    {
        if (isWhole)
        {
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + KeyFor(operation));
            request.Headers.TryAddWithoutValidation("If-Match", "*");
            return;
        }

        // Mostly a key that opens the door, so that what is behind it is reached.
        var key = random.Next(8) == 0 ? keys[random.Next(keys.Length)] : KeyFor(operation);
        var authorization = random.Next(20) == 0 ? InHeader(Text(random)) : (random.Next(10) == 0 ? "Basic " : "Bearer ") + key;
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        while (random.Next(3) == 0)
        {
            request.Headers.TryAddWithoutValidation(HeaderNames[random.Next(HeaderNames.Length)], InHeader(Text(random)));
        }
    }

    private string KeyFor(JsonElement operation) => operation.GetProperty("x-key").GetString() switch
    {
        "write" => keys[1],
        "session" => keys[3],
        _ => keys[0],
    };

    private static string InHeader(string text) => new([.. text.Where(letter => letter is >= ' ' and < '\x7f').Take(2_000)]);

    private static string Text(Random random) => StrangeValues.Texts[random.Next(StrangeValues.Texts.Length)];
#pragma warning restore CA5394
}
