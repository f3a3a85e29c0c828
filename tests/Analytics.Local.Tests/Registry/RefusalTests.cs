using Analytics.Testing;

namespace Analytics.Local.Tests.Registry;

/// <summary>Every code that the registry refuses with, by the request that earns it.</summary>
public sealed class RefusalTests(RegistryFixture registry) : IClassFixture<RegistryFixture>
{
    private const string Schema = """{"schema":"{\"type\":\"record\",\"name\":\"Shop\",\"fields\":[{\"name\":\"id\",\"type\":\"long\"}]}"}""";
    private const string Wider = """{"schema":"{\"type\":\"record\",\"name\":\"Shop\",\"fields\":[{\"name\":\"id\",\"type\":\"long\"},{\"name\":\"x\",\"type\":\"int\"}]}"}""";
    private const string Imported = """{"schema":"\"int\"","id":1}""";

    [Theory]
    [InlineData(40401, "GET", "/subjects/unknown/versions", null)]
    [InlineData(40401, "GET", "/subjects/unknown/versions/latest", null)]
    [InlineData(40401, "POST", "/subjects/unknown", Schema)]
    [InlineData(40401, "DELETE", "/subjects/unknown", null)]
    [InlineData(40401, "DELETE", "/subjects/unknown/versions/1", null)]
    [InlineData(40401, "GET", "/subjects/{deleted}/versions", null)]
    [InlineData(40401, "POST", "/compatibility/subjects/unknown/versions/1", Schema)]
    [InlineData(40401, "DELETE", "/config/unknown", null)]
    [InlineData(40401, "DELETE", "/mode/unknown", null)]
    [InlineData(40402, "GET", "/subjects/{live}/versions/9", null)]
    [InlineData(40402, "DELETE", "/subjects/{live}/versions/9", null)]
    [InlineData(40402, "POST", "/compatibility/subjects/{live}/versions/9", Schema)]
    [InlineData(40403, "POST", "/subjects/{live}", Wider)]
    [InlineData(40403, "GET", "/schemas/ids/987654", null)]
    [InlineData(40403, "GET", "/schemas/ids/987654/versions", null)]
    [InlineData(40403, "GET", "/schemas/ids/x", null)]
    [InlineData(40404, "DELETE", "/subjects/{deleted}", null)]
    [InlineData(40405, "DELETE", "/subjects/{live}?permanent=true", null)]
    [InlineData(40406, "DELETE", "/subjects/{deleted}/versions/1", null)]
    [InlineData(40407, "DELETE", "/subjects/{live}/versions/1?permanent=true", null)]
    [InlineData(40408, "GET", "/config/{live}", null)]
    [InlineData(40409, "GET", "/mode/{live}", null)]
    [InlineData(409, "POST", "/subjects/{live}/versions", Wider)]
    [InlineData(42201, "POST", "/subjects/{live}/versions", """{"schema":"{\"type\":\"recor\"}"}""")]
    [InlineData(42201, "POST", "/subjects/{live}/versions", """{"schema":""}""")]
    [InlineData(42201, "POST", "/subjects/{live}/versions", "{}")]
    [InlineData(42201, "POST", "/subjects/{live}/versions", """{"schema":"syntax = \"proto3\";","schemaType":"PROTOBUF"}""")]
    [InlineData(42201, "POST", "/subjects/{live}/versions", """{"schema":"\"int\"","references":[{"name":"a","subject":"b","version":1}]}""")]
    [InlineData(42202, "GET", "/subjects/{live}/versions/0", null)]
    [InlineData(42202, "GET", "/subjects/{live}/versions/last", null)]
    [InlineData(42202, "DELETE", "/subjects/{live}/versions/2147483648", null)]
    [InlineData(42203, "PUT", "/config", """{"compatibility":"SIDEWAYS"}""")]
    [InlineData(42203, "PUT", "/config/{live}", "{}")]
    [InlineData(42204, "PUT", "/mode", """{"mode":"WRITE"}""")]
    [InlineData(42204, "PUT", "/mode/{live}", "{}")]
    [InlineData(42205, "POST", "/subjects/{closed}/versions", """{"schema":"\"int\""}""")]
    [InlineData(42205, "DELETE", "/subjects/{closed}", null)]
    [InlineData(42205, "DELETE", "/subjects/{closed}/versions/1", null)]
    [InlineData(42205, "PUT", "/mode/{live}", """{"mode":"IMPORT"}""")]
    [InlineData(42205, "POST", "/subjects/{live}/versions", """{"schema":"\"int\"","id":77}""")]
    [InlineData(42205, "POST", "/subjects/{importing}/versions", """{"schema":"\"int\""}""")]
    [InlineData(42205, "POST", "/subjects/{importing}/versions", Imported)]
    [InlineData(400, "POST", "/subjects/{live}/versions", "not json")]
    [InlineData(400, "POST", "/subjects/{live}/versions", "[]")]
    [InlineData(404, "GET", "/nowhere", null)]
    [InlineData(405, "PUT", "/subjects", "{}")]
    public async Task A_refusal_has_the_code_of_its_reason(int code, string method, string path, string? body)
    {
        var client = registry.Client;
        var names = new Dictionary<string, string>
        {
            ["{live}"] = RegistryFixture.NewSubject(),
            ["{deleted}"] = RegistryFixture.NewSubject(),
            ["{closed}"] = RegistryFixture.NewSubject(),
            ["{importing}"] = RegistryFixture.NewSubject(),
        };
        await client.AskAsync("PUT", $"/mode/{names["{importing}"]}", """{"mode":"IMPORT"}""");
        foreach (var subject in names.Where(name => name.Key != "{importing}").Select(name => name.Value))
        {
            await client.AskAsync("POST", $"/subjects/{subject}/versions", Schema);
        }

        await client.AskAsync("DELETE", $"/subjects/{names["{deleted}"]}");
        await client.AskAsync("PUT", $"/mode/{names["{closed}"]}", """{"mode":"READONLY"}""");

        var (status, refusal) = await client.SendAsync(method, names.Aggregate(path, (text, name) => text.Replace(name.Key, name.Value)), body);

        Assert.Equal((code > 999 ? code / 100 : code, code), (status, refusal.GetProperty("error_code").GetInt32()));
        Assert.NotEqual("", refusal.GetProperty("message").GetString());
    }

    [Fact]
    public async Task A_database_that_is_away_is_50001_and_the_registry_goes_on_when_it_is_back()
    {
        await using var postgres = await PostgresServer.StartAsync();
        await using var server = await SchemaRegistryServer.StartAsync(await postgres.CreateDatabaseAsync());
        using var client = new RegistryClient(server.Url);
        await client.AskAsync("POST", "/subjects/shops-value/versions", Schema);

        await postgres.StopAsync();
        var (status, refusal) = await client.SendAsync("GET", "/subjects");
        await postgres.RestartAsync();

        Assert.Equal((500, 50001), (status, refusal.GetProperty("error_code").GetInt32()));
        Assert.Equal("""["shops-value"]""", await client.AskAsync("GET", "/subjects"));
    }
}
