using System.Text;
using System.Text.Json;
using Analytics.Storage.Postgres;

namespace Analytics.Api.Tests.Endpoints;

/// <summary>Every operation of the OpenAPI document, called as its example says: the answer is one that the document tells of, and has the form that it tells of.</summary>
[Collection(ApiCollection.Name)]
public sealed class ExampleTests(RunningApi api)
{
    private const string Password = "seven lamps in a row";

    private static readonly SchemaCheck Schemas = new(ApiDocument.Root);

    public static TheoryData<string, string> Operations => ApiDocument.Operations();

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task The_example_is_answered_as_described(string method, string path)
    {
        var operation = ApiDocument.Operation(method, path);
        using var request = new HttpRequestMessage(new HttpMethod(method), api.Url + await AddressAsync(operation, path));
        AddBody(request, operation);
        AddHeaders(request, operation);
        request.Headers.Authorization = await KeyAsync(operation) is { } key ? new("Bearer", key) : null;

        using var reply = await api.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

        var described = operation.GetProperty("responses").EnumerateObject().First(one => one.Name[0] == '2');
        var type = reply.Content.Headers.ContentType?.MediaType;
        Assert.True((int)reply.StatusCode == int.Parse(described.Name), $"Expected {described.Name}; found {(int)reply.StatusCode}: {(type == "text/event-stream" ? "" : await reply.Content.ReadAsStringAsync())}");
        var response = Schemas.Resolve(described.Value);
        if (!response.TryGetProperty("content", out var content))
        {
            Assert.Equal(0, reply.Content.Headers.ContentLength ?? 0);
            return;
        }

        Assert.True(content.TryGetProperty(type!, out var media), $"{type} is not among the described types: {content}");
        if (type == "application/json" && media.TryGetProperty("schema", out var schema))
        {
            Assert.Empty(Schemas.Faults(JsonDocument.Parse(await reply.Content.ReadAsStringAsync()).RootElement, schema));
        }
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void Every_body_has_an_example_and_every_example_has_the_form_of_its_schema(string method, string path)
    {
        var operation = ApiDocument.Operation(method, path);
        var media = operation.GetProperty("responses").EnumerateObject().Select(one => Schemas.Resolve(one.Value)).ToList();
        if (operation.TryGetProperty("requestBody", out var body))
        {
            Assert.True(Schemas.Resolve(body).GetProperty("content").GetProperty("application/json").TryGetProperty("example", out _), "The body has no example.");
            media.Add(Schemas.Resolve(body));
        }

        foreach (var one in media.Where(one => one.TryGetProperty("content", out _)).SelectMany(one => one.GetProperty("content").EnumerateObject()))
        {
            if (one.Value.TryGetProperty("example", out var example) && one.Value.TryGetProperty("schema", out var schema))
            {
                Assert.Empty(Schemas.Faults(example, schema));
            }
        }
    }

    [Fact]
    public void Every_operation_has_a_name_of_its_own_and_says_what_it_answers_and_with_which_key()
    {
        var operations = ApiDocument.Root.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(operation => operation.Value)).ToList();

        Assert.Equal(operations.Count, operations.Select(operation => operation.GetProperty("operationId").GetString()).Distinct().Count());
        Assert.All(operations, operation => Assert.Contains(operation.GetProperty("x-key").GetString(), (string[])["none", "read", "write", "admin", "session"]));
        Assert.All(operations, operation => Assert.NotEmpty(operation.GetProperty("summary").GetString()!));
    }

    private async Task<string> AddressAsync(JsonElement operation, string path)
    {
        var address = path.Replace("/sellers/{id}", "/sellers/1", StringComparison.Ordinal).Replace("{app_id}", "1", StringComparison.Ordinal);
        if (address.Contains('{', StringComparison.Ordinal))
        {
            address = address.Replace("{id}", $"{await IdAsync(path)}", StringComparison.Ordinal).Replace("{item}", $"{await IdAsync(path)}", StringComparison.Ordinal);
        }

        var query = Parameters(operation, "query").Select(one => $"{one.Name}={Uri.EscapeDataString(one.Example)}").ToList();
        return query.Count == 0 ? address : $"{address}?{string.Join('&', query)}";
    }

    // Something that is there to be read, changed or removed.
    private async Task<long> IdAsync(string path)
    {
        var made = path.Split('/') switch
        {
            [_, _, _, "keys", ..] => await api.PostAsync("/api/v1/keys", """{"name":"example","kind":"read","tenants":[1]}""", api.AdminKey),
            [_, _, _, "users", ..] => await api.PostAsync("/api/v1/users", $$"""{"email":"{{Guid.NewGuid():N}}@lamps.example","name":"Example","password":"{{Password}}"}""", api.AdminKey),
            [_, _, _, "sellers", _, var kind, ..] => await api.PostAsync(
                $"/api/v1/sellers/1/{kind}", """{"name":"example","definition":{"tiles":[],"steps":[{"event":"product_view"}]}}""", api.AdminKey),
            _ => throw new InvalidOperationException($"{path}: what is its number? Tell {nameof(ExampleTests)} how to make one."),
        };
        return made.Body.GetProperty("id").GetInt64();
    }

    private async Task<string?> KeyAsync(JsonElement operation)
    {
        if (operation.GetProperty("operationId").GetString() == "signIn")
        {
            await api.PostAsync("/api/v1/users", $$"""{"email":"ana@lamps.example","name":"Ana","password":"{{Password}}"}""", api.AdminKey);
        }

        return operation.GetProperty("x-key").GetString() switch
        {
            "read" => api.ReadKey,
            "write" => api.WriteKeyOfOne,
            "admin" => api.AdminKey,
            "session" => await api.SignInAsync(new Dictionary<long, Role> { [1] = Role.Viewer }),
            _ => null,
        };
    }

    private static void AddBody(HttpRequestMessage request, JsonElement operation)
    {
        if (operation.TryGetProperty("requestBody", out var body))
        {
            var example = Schemas.Resolve(body).GetProperty("content").GetProperty("application/json").GetProperty("example");
            request.Content = new StringContent(example.GetRawText(), Encoding.UTF8, "application/json");
        }
    }

    private static void AddHeaders(HttpRequestMessage request, JsonElement operation)
    {
        foreach (var (name, example) in Parameters(operation, "header"))
        {
            request.Headers.TryAddWithoutValidation(name, example);
        }
    }

    private static IEnumerable<(string Name, string Example)> Parameters(JsonElement operation, string place) =>
        !operation.TryGetProperty("parameters", out var parameters) ? [] :
            from reference in parameters.EnumerateArray()
            let parameter = Schemas.Resolve(reference)
            where parameter.GetProperty("in").GetString() == place && parameter.TryGetProperty("example", out _)
            select (parameter.GetProperty("name").GetString()!, parameter.GetProperty("example").ToString());
}
