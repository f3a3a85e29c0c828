using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Analytics.Storage.Postgres;

namespace Analytics.Api.Tests.Endpoints;

/// <summary>A call of an operation of the document as its example says. A test changes a part of it before it is sent.</summary>
internal sealed class ExampleCall
{
    private const string Password = "seven lamps in a row";

    private readonly RunningApi _api;

    private ExampleCall(RunningApi api, string method, string path)
    {
        (_api, Method, Path) = (api, method, path);
        Operation = ApiDocument.Operation(method, path);
    }

    public static SchemaCheck Schemas { get; } = new(ApiDocument.Root);

    public string Method { get; }

    public JsonElement Operation { get; }

    /// <summary>With its numbers, without parameters.</summary>
    public string Path { get; set; }

    public Dictionary<string, string> Query { get; private set; } = [];

    public Dictionary<string, string> Headers { get; private set; } = [];

    public byte[]? Body { get; set; }

    public string Type { get; set; } = "application/json";

    public string? Key { get; set; }

    /// <summary>The call of an operation, with what it needs to be there.</summary>
    public static async Task<ExampleCall> OfAsync(RunningApi api, ExampleShop shop, string method, string path)
    {
        var call = new ExampleCall(api, method, path);
        call.Path = path.Replace("/sellers/{id}", $"/sellers/{ExampleShop.Tenant}", StringComparison.Ordinal).Replace("{app_id}", $"{ExampleShop.Tenant}", StringComparison.Ordinal);
        if (call.Path.Contains('{', StringComparison.Ordinal))
        {
            var id = await call.NewIdAsync();
            call.Path = call.Path.Replace("{id}", $"{id}", StringComparison.Ordinal).Replace("{item}", $"{id}", StringComparison.Ordinal);
        }

        (call.Query, call.Headers) = (call.Parameters("query"), call.Parameters("header"));
        if (call.Query.ContainsKey("app_id"))
        {
            call.Query["app_id"] = $"{ExampleShop.Tenant}";
        }

        call.Body = call.Operation.TryGetProperty("requestBody", out var body)
            // The one of the example may be there already.
            ? Encoding.UTF8.GetBytes(Schemas.Resolve(body).GetProperty("content").GetProperty("application/json").GetProperty("example").GetRawText().Replace("ben@", $"{Guid.NewGuid():N}@", StringComparison.Ordinal))
            : null;
        call.Key = await call.KeyAsync(shop);
        return call;
    }

    /// <summary>Sends it: to the API, or to another one over the same stores.</summary>
    public async Task<(HttpResponseMessage Reply, JsonElement Body)> SendAsync(string? url = null)
    {
        var query = string.Join('&', Query.Select(one => $"{one.Key}={Uri.EscapeDataString(one.Value)}"));
        using var request = new HttpRequestMessage(new HttpMethod(Method), (url ?? _api.Url) + Path + (query.Length > 0 ? "?" + query : ""));
        if (Body is not null)
        {
            request.Content = new ByteArrayContent(Body);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(Type);
            // Else the end of the connection that refuses may be seen before its reply.
            request.Headers.ExpectContinue = Body.Length > 100_000;
        }

        foreach (var (name, value) in Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        request.Headers.Authorization = Key is null ? null : new("Bearer", Key);
        var reply = await _api.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        // A stream has no end to wait for.
        var isJson = reply.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true;
        return (reply, isJson ? JsonDocument.Parse(await reply.Content.ReadAsByteArrayAsync()).RootElement : default);
    }

    private Dictionary<string, string> Parameters(string place) => !Operation.TryGetProperty("parameters", out var parameters) ? [] :
    (
        from reference in parameters.EnumerateArray()
        let parameter = Schemas.Resolve(reference)
        where parameter.GetProperty("in").GetString() == place && parameter.TryGetProperty("example", out _)
        select (Name: parameter.GetProperty("name").GetString()!, Example: parameter.GetProperty("example").ToString())).ToDictionary(one => one.Name, one => one.Example);

    // Something that is there to be read, changed or removed.
    private async Task<long> NewIdAsync()
    {
        var made = Path.Split('/') switch
        {
            [_, _, _, "keys", ..] => await _api.PostAsync("/api/v1/keys", """{"name":"example","kind":"read","tenants":[1]}""", _api.AdminKey),
            [_, _, _, "users", ..] => await _api.PostAsync("/api/v1/users", $$"""{"email":"{{Guid.NewGuid():N}}@lamps.example","name":"Example","password":"{{Password}}"}""", _api.AdminKey),
            [_, _, _, "sellers", _, var kind, ..] => await _api.PostAsync(
                $"/api/v1/sellers/{ExampleShop.Tenant}/{kind}", """{"name":"example","definition":{"tiles":[{"title":"Revenue","question":"history"}],"steps":[{"event":"product_view"}]}}""", _api.AdminKey),
            _ => throw new InvalidOperationException($"{Path}: what is its number? Tell {nameof(ExampleCall)} how to make one."),
        };
        return made.Body.GetProperty("id").GetInt64();
    }

    private async Task<string?> KeyAsync(ExampleShop shop)
    {
        if (Operation.GetProperty("operationId").GetString() == "signIn")
        {
            await _api.PostAsync("/api/v1/users", $$"""{"email":"ana@lamps.example","name":"Ana","password":"{{Password}}"}""", _api.AdminKey);
        }

        return Operation.GetProperty("x-key").GetString() switch
        {
            "read" => shop.ReadKey,
            "write" => _api.WriteKeyOfOne,
            "admin" => _api.AdminKey,
            "session" => await _api.SignInAsync(new Dictionary<long, Role> { [1] = Role.Viewer }),
            _ => null,
        };
    }
}
