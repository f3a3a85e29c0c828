using Analytics.Testing;

namespace Analytics.Local.Tests.Registry;

public sealed class SubjectsTests(RegistryFixture registry) : IClassFixture<RegistryFixture>
{
    private const string First = """{"type":"record","name":"Shop","fields":[{"name":"id","type":"long"}]}""";
    private const string Second = """{"type":"record","name":"Shop","fields":[{"name":"id","type":"long"},{"name":"title","type":"string","default":""}]}""";

    [Fact]
    public async Task A_schema_keeps_its_id_under_every_subject_and_in_any_layout()
    {
        var (one, other) = (RegistryFixture.NewSubject(), RegistryFixture.NewSubject());

        var id = await registry.Client.RegisterAsync(one, First);
        var again = await registry.Client.RegisterAsync(one, """{ "name": "Shop", "type": "record", "fields": [ {"type": "long", "name": "id"} ] }""");
        var elsewhere = await registry.Client.RegisterAsync(other, First);

        Assert.Equal((id, id), (again, elsewhere));
        Assert.Equal("[1]", await registry.Client.AskAsync("GET", $"/subjects/{one}/versions"));
    }

    [Fact]
    public async Task A_version_is_found_by_number_by_latest_and_by_its_schema()
    {
        var subject = RegistryFixture.NewSubject();
        await registry.Client.RegisterAsync(subject, First);
        var id = await registry.Client.RegisterAsync(subject, Second);

        var latest = await registry.Client.AskAsync("GET", $"/subjects/{subject}/versions/latest");

        Assert.Contains($"\"version\":2,\"id\":{id},", latest, StringComparison.Ordinal);
        Assert.Equal(latest, await registry.Client.AskAsync("GET", $"/subjects/{subject}/versions/2"));
        Assert.Equal(latest, await registry.Client.AskAsync("GET", $"/subjects/{subject}/versions/-1"));
        Assert.Equal(latest, await registry.Client.AskAsync("POST", $"/subjects/{subject}", RegistryClient.Body(Second)));
        Assert.Equal(Second, await registry.Client.AskAsync("GET", $"/subjects/{subject}/versions/latest/schema"));
    }

    [Fact]
    public async Task A_schema_is_found_by_its_id_with_all_its_uses()
    {
        var (one, other) = (RegistryFixture.NewSubject(), RegistryFixture.NewSubject());
        const string Schema = """{"type":"record","name":"OnlyHere","fields":[]}""";
        var id = await registry.Client.RegisterAsync(one, Schema);
        await registry.Client.RegisterAsync(other, Schema);

        var (status, body) = await registry.Client.SendAsync("GET", $"/schemas/ids/{id}");

        Assert.Equal((200, Schema), (status, body.GetProperty("schema").GetString()));
        Assert.Equal(Schema, await registry.Client.AskAsync("GET", $"/schemas/ids/{id}/schema"));
        Assert.Equal(2, (await registry.Client.SendAsync("GET", $"/schemas/ids/{id}/subjects")).Body.GetArrayLength());
        Assert.Equal(2, (await registry.Client.SendAsync("GET", $"/schemas/ids/{id}/versions")).Body.GetArrayLength());
        Assert.Equal("""["AVRO"]""", await registry.Client.AskAsync("GET", "/schemas/types"));
        Assert.Equal("{}", await registry.Client.AskAsync("GET", "/"));
    }

    [Fact]
    public async Task A_softly_deleted_subject_is_hidden_but_its_records_stay_readable()
    {
        var subject = RegistryFixture.NewSubject();
        await registry.Client.RegisterAsync(subject, First);
        var id = await registry.Client.RegisterAsync(subject, Second);

        Assert.Equal("[1,2]", await registry.Client.AskAsync("DELETE", $"/subjects/{subject}"));

        Assert.Equal("[]", await registry.Client.AskAsync("GET", $"/subjects?subjectPrefix={subject}"));
        Assert.Equal($"[\"{subject}\"]", await registry.Client.AskAsync("GET", $"/subjects?subjectPrefix={subject}&deleted=true"));
        Assert.Equal(Second, await registry.Client.AskAsync("GET", $"/schemas/ids/{id}/schema"));
        Assert.Equal(id, await registry.Client.RegisterAsync(subject, Second));
        Assert.Equal("[3]", await registry.Client.AskAsync("GET", $"/subjects/{subject}/versions"));
    }

    [Fact]
    public async Task A_version_is_deleted_for_good_after_it_was_deleted_softly()
    {
        var subject = RegistryFixture.NewSubject();
        await registry.Client.RegisterAsync(subject, First);
        await registry.Client.RegisterAsync(subject, Second);

        Assert.Equal("1", await registry.Client.AskAsync("DELETE", $"/subjects/{subject}/versions/1"));
        Assert.Equal("1", await registry.Client.AskAsync("DELETE", $"/subjects/{subject}/versions/1?permanent=true"));

        Assert.Equal("[2]", await registry.Client.AskAsync("GET", $"/subjects/{subject}/versions?deleted=true"));
    }

    [Fact]
    public async Task Registrations_at_once_get_one_id_for_equal_schemas_and_a_version_each_for_others()
    {
        var subject = RegistryFixture.NewSubject();
        await registry.Client.AskAsync("PUT", $"/config/{subject}", """{"compatibility":"NONE"}""");

        var ids = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => registry.Client.RegisterAsync(
            subject, $$"""{"type":"record","name":"Race{{i % 6}}","fields":[]}""")));

        Assert.Equal(6, ids.Distinct().Count());
        Assert.Equal("[1,2,3,4,5,6]", await registry.Client.AskAsync("GET", $"/subjects/{subject}/versions"));
    }

    [Fact]
    public async Task Ids_and_versions_outlive_the_process()
    {
        await using var server = await SchemaRegistryServer.StartAsync();
        using var client = new RegistryClient(server.Url);
        var first = await client.RegisterAsync("orders-value", First);
        var second = await client.RegisterAsync("orders-value", Second);

        await server.RestartAsync();

        Assert.Equal((first, second), (await client.RegisterAsync("orders-value", First), await client.RegisterAsync("orders-value", Second)));
        Assert.Equal("[1,2]", await client.AskAsync("GET", "/subjects/orders-value/versions"));
        Assert.Equal(0, await server.StopAsync());
    }

    [Fact]
    public async Task A_client_that_asks_for_plain_json_gets_it()
    {
        using var own = await registry.Client.GetAsync("/subjects", "application/vnd.schemaregistry.v1+json, application/json; q=0.5");
        using var plain = await registry.Client.GetAsync("/subjects", "application/json");

        Assert.Equal("application/vnd.schemaregistry.v1+json", own.Content.Headers.ContentType!.MediaType);
        Assert.Equal("application/json", plain.Content.Headers.ContentType!.MediaType);
    }
}
