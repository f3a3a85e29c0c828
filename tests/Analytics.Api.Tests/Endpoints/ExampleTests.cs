using System.Text.Json;

namespace Analytics.Api.Tests.Endpoints;

/// <summary>Every operation of the OpenAPI document, called as its example says: the answer is one that the document tells of, has the form that it tells of, and all that its example shows.</summary>
[Collection(ApiCollection.Name)]
public sealed class ExampleTests(RunningApi api, ExampleShop shop) : IClassFixture<ExampleShop>
{
    private static readonly SchemaCheck Schemas = ExampleCall.Schemas;

    public static TheoryData<string, string> Operations => ApiDocument.Operations();

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task The_example_is_answered_as_described(string method, string path)
    {
        var call = await ExampleCall.OfAsync(api, shop, method, path);

        var (reply, body) = await call.SendAsync();

        var described = Success(call.Operation);
        Assert.True((int)reply.StatusCode == int.Parse(described.Name), $"Expected {described.Name}; found {(int)reply.StatusCode}: {body}");
        using (reply)
        {
            var response = Schemas.Resolve(described.Value);
            if (!response.TryGetProperty("content", out var content))
            {
                Assert.Equal(0, reply.Content.Headers.ContentLength ?? 0);
                return;
            }

            var type = reply.Content.Headers.ContentType?.MediaType;
            Assert.True(content.TryGetProperty(type!, out var media), $"{type} is not among the described types: {content}");
            if (type == "application/json" && media.TryGetProperty("schema", out var schema))
            {
                Assert.Empty(Schemas.Faults(body, schema));
                Assert.Empty(MissingFrom(body, media.GetProperty("example"), "$"));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void Every_body_and_every_answer_has_an_example_of_the_form_of_its_schema(string method, string path)
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
            if (one.Value.TryGetProperty("schema", out var schema))
            {
                var hasExample = one.Value.TryGetProperty("example", out var example);
                Assert.True(hasExample || !one.Name.EndsWith("json", StringComparison.Ordinal), $"An answer in {one.Name} has no example.");
                Assert.Empty(hasExample ? Schemas.Faults(example, schema) : []);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void An_answer_says_of_each_of_its_objects_which_fields_are_always_there(string method, string path)
    {
        var response = Schemas.Resolve(Success(ApiDocument.Operation(method, path)).Value);
        if (response.TryGetProperty("content", out var content) && content.TryGetProperty("application/json", out var media) && media.TryGetProperty("schema", out var schema))
        {
            Assert.Empty(Vague(schema, "$", 0));
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

    private static JsonProperty Success(JsonElement operation) => operation.GetProperty("responses").EnumerateObject().First(one => one.Name[0] == '2');

    // What the example shows and the answer does not have: an object that is null there, a list that is empty. Else the check of the schema would look at nothing.
    private static IEnumerable<string> MissingFrom(JsonElement answer, JsonElement example, string at)
    {
        if (example.ValueKind == JsonValueKind.Object)
        {
            return answer.ValueKind != JsonValueKind.Object ? [$"{at}: the example shows an object; found {answer}"] :
                from field in example.EnumerateObject()
                where answer.TryGetProperty(field.Name, out _)
                from missing in MissingFrom(answer.GetProperty(field.Name), field.Value, $"{at}.{field.Name}")
                select missing;
        }

        if (example.ValueKind == JsonValueKind.Array && example.GetArrayLength() > 0)
        {
            return answer.ValueKind != JsonValueKind.Array || answer.GetArrayLength() == 0
                ? [$"{at}: the example shows items; found {answer}"]
                : MissingFrom(answer[0], example[0], at + "[0]");
        }

        return [];
    }

    // Objects whose fields are told, but not which of them one can count on.
    private static IEnumerable<string> Vague(JsonElement reference, string at, int depth)
    {
        var schema = Schemas.Resolve(reference);
        if (depth > 12 || schema.ValueKind != JsonValueKind.Object)
        {
            return [];
        }

        var parts = schema.TryGetProperty("allOf", out var all) ? all.EnumerateArray().SelectMany(part => Vague(part, at, depth + 1)) : [];
        var items = schema.TryGetProperty("items", out var item) ? Vague(item, at + "[]", depth + 1) : [];
        var fields = schema.TryGetProperty("properties", out var properties) ? properties.EnumerateObject().SelectMany(field => Vague(field.Value, $"{at}.{field.Name}", depth + 1)) : [];
        var isVague = schema.TryGetProperty("properties", out _) && !schema.TryGetProperty("required", out _);
        return [.. parts, .. items, .. fields, .. isVague ? [$"{at}: which of its fields are always there?"] : (string[])[]];
    }
}
