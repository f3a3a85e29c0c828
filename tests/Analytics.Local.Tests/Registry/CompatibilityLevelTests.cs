namespace Analytics.Local.Tests.Registry;

/// <summary>Each level, through the REST interface, against a subject of two versions.</summary>
public sealed class CompatibilityLevelTests(RegistryFixture registry) : IClassFixture<RegistryFixture>
{
    // Version 1 has id and a title without default; version 2 has id only. So what "title" means differs between the last and all earlier
    // versions.
    private const string One = """{"type":"record","name":"Shop","fields":[{"name":"id","type":"long"},{"name":"title","type":"string"}]}""";
    private const string Two = """{"type":"record","name":"Shop","fields":[{"name":"id","type":"long"}]}""";

    // Reads and is read by both: a field with a default more.
    private const string Optional = """{"type":"record","name":"Shop","fields":[{"name":"id","type":"long"},{"name":"title","type":"string","default":""}]}""";

    // Readable by version 2, which ignores the field, but cannot read it: no default.
    private const string Required = """{"type":"record","name":"Shop","fields":[{"name":"id","type":"long"},{"name":"note","type":"string"}]}""";

    // Reads version 2 but not version 1, whose title is no number; version 2 reads it, version 1 does not.
    private const string Retyped = """{"type":"record","name":"Shop","fields":[{"name":"id","type":"long"},{"name":"title","type":"int","default":0}]}""";

    // Reads both, since long widens to double, but neither reads it.
    private const string Widened = """{"type":"record","name":"Shop","fields":[{"name":"id","type":"double"}]}""";

    // Read by both, since int widens to long, but reads neither.
    private const string Narrowed = """{"type":"record","name":"Shop","fields":[{"name":"id","type":"int"},{"name":"title","type":"string","default":""}]}""";

    [Theory]
    [InlineData("NONE", Optional, Required, Retyped, Widened, Narrowed)]
    [InlineData("BACKWARD", Optional, Retyped, Widened)]
    [InlineData("BACKWARD_TRANSITIVE", Optional, Widened)]
    [InlineData("FORWARD", Optional, Required, Retyped, Narrowed)]
    [InlineData("FORWARD_TRANSITIVE", Optional, Narrowed)]
    [InlineData("FULL", Optional, Retyped)]
    [InlineData("FULL_TRANSITIVE", Optional)]
    public async Task A_level_lets_through_exactly_what_it_promises(string level, params string[] allowed)
    {
        foreach (var schema in new[] { Optional, Required, Retyped, Widened, Narrowed })
        {
            var subject = RegistryFixture.NewSubject();
            await registry.Client.AskAsync("PUT", $"/config/{subject}", """{"compatibility":"NONE"}""");
            await registry.Client.RegisterAsync(subject, One);
            await registry.Client.RegisterAsync(subject, Two);
            Assert.Equal($$"""{"compatibility":"{{level}}"}""", await registry.Client.AskAsync("PUT", $"/config/{subject}", $$"""{"compatibility":"{{level}}"}"""));

            var asked = await registry.Client.SendAsync("POST", $"/compatibility/subjects/{subject}/versions?verbose=true", RegistryClient.Body(schema));
            var (status, answer) = await registry.Client.SendAsync("POST", $"/subjects/{subject}/versions", RegistryClient.Body(schema));

            var isAllowed = allowed.Contains(schema);
            Assert.True(status == (isAllowed ? 200 : 409), $"{level} {schema}: {status} {answer}");
            Assert.Equal((isAllowed, isAllowed), (asked.Body.GetProperty("is_compatible").GetBoolean(), asked.Body.GetProperty("messages").GetArrayLength() == 0));
        }
    }

    [Theory]
    [InlineData("1", false)]
    [InlineData("2", true)]
    [InlineData("latest", true)]
    public async Task One_version_is_asked_about_alone(string version, bool expected)
    {
        var subject = RegistryFixture.NewSubject();
        await registry.Client.RegisterAsync(subject, One);
        await registry.Client.RegisterAsync(subject, Two);

        var answer = await registry.Client.AskAsync("POST", $"/compatibility/subjects/{subject}/versions/{version}", RegistryClient.Body(Retyped));

        Assert.Equal(expected ? """{"is_compatible":true}""" : """{"is_compatible":false}""", answer);
    }

    [Fact]
    public async Task A_subject_without_a_level_follows_the_global_one_and_that_is_backward_until_changed()
    {
        var subject = RegistryFixture.NewSubject();
        await registry.Client.RegisterAsync(subject, One);

        Assert.Equal("""{"compatibilityLevel":"BACKWARD"}""", await registry.Client.AskAsync("GET", "/config"));
        Assert.Equal("""{"compatibilityLevel":"BACKWARD"}""", await registry.Client.AskAsync("GET", $"/config/{subject}?defaultToGlobal=true"));
        await registry.Client.AskAsync("PUT", $"/config/{subject}", """{"compatibility":"full"}""");
        Assert.Equal("""{"compatibilityLevel":"FULL"}""", await registry.Client.AskAsync("GET", $"/config/{subject}"));
        Assert.Equal("""{"compatibilityLevel":"FULL"}""", await registry.Client.AskAsync("DELETE", $"/config/{subject}"));
        Assert.Equal("""{"compatibilityLevel":"BACKWARD"}""", await registry.Client.AskAsync("GET", $"/config/{subject}?defaultToGlobal=true"));
    }

    [Fact]
    public async Task In_import_mode_a_schema_brings_its_id_and_version_and_later_ids_go_on_behind_it()
    {
        var subject = RegistryFixture.NewSubject();
        await registry.Client.AskAsync("PUT", $"/mode/{subject}", """{"mode":"IMPORT"}""");

        await registry.Client.AskAsync("POST", $"/subjects/{subject}/versions", """{"schema":"{\"type\":\"record\",\"name\":\"Moved\",\"fields\":[]}","id":5000,"version":7}""");

        Assert.Equal("[7]", await registry.Client.AskAsync("GET", $"/subjects/{subject}/versions"));
        await registry.Client.AskAsync("PUT", $"/mode/{subject}", """{"mode":"READWRITE"}""");
        var next = await registry.Client.RegisterAsync(subject, """{"type":"record","name":"Moved","fields":[{"name":"a","type":"int","default":0}]}""");
        Assert.Equal(5001, next);
        Assert.Equal("[7,8]", await registry.Client.AskAsync("GET", $"/subjects/{subject}/versions"));
    }
}
