using System.Net.Sockets;
using Analytics.Storage.Registry;
using Analytics.Testing;

namespace Analytics.Storage.Tests.Registry;

public sealed class SchemaRegistryClientTests : IDisposable
{
    private const string Schema = """{"type":"record","name":"R","fields":[]}""";
    private readonly ScriptedRegistry _registry = new();
    private readonly SchemaRegistryClient _client;

    public SchemaRegistryClientTests() => _client = new(new SchemaRegistryOptions { Url = _registry.Url });

    public void Dispose()
    {
        _client.Dispose();
        _registry.Dispose();
    }

    [Fact]
    public async Task A_schema_is_asked_for_once()
    {
        _registry.Add(7, Schema);
        var first = await _client.FindAsync(7, CancellationToken.None);
        var second = await _client.FindAsync(7, CancellationToken.None);
        Assert.Equal((7, Schema, "AVRO"), (first!.Id, first.Text, first.Type));
        Assert.Same(first, second);
        Assert.Equal(["GET /schemas/ids/7"], _registry.Asked);
    }

    [Fact]
    public async Task An_unknown_id_is_null_and_may_become_known()
    {
        Assert.Null(await _client.FindAsync(8, CancellationToken.None));
        _registry.Add(8, Schema);
        Assert.NotNull(await _client.FindAsync(8, CancellationToken.None));
    }

    [Theory]
    [InlineData(503, "down")]
    [InlineData(500, """{"error_code":50001,"message":"store"}""")]
    [InlineData(401, """{"error_code":401,"message":"who?"}""")]
    [InlineData(404, "<html>no such page</html>")]
    [InlineData(200, "<html>welcome</html>")]
    [InlineData(200, "null")]
    public async Task A_registry_in_trouble_says_nothing_about_a_schema(int status, string body)
    {
        _registry.Fail(status, body);
        var wrong = await Assert.ThrowsAsync<RegistryUnavailableException>(async () => await _client.FindAsync(1, CancellationToken.None));
        Assert.Contains("schemas/ids/1", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clients_that_hang_up_before_their_answer_leave_the_registry_to_others()
    {
        _registry.Add(7, Schema);
        for (var i = 0; i < 20; i++)
        {
            using var impatient = new Socket(SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(enable: true, seconds: 0) };
            await impatient.ConnectAsync(_registry.Url.Host, _registry.Url.Port);
            await impatient.SendAsync("GET /schemas/ids/9 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"u8.ToArray());
        }

        Assert.NotNull(await _client.FindAsync(7, CancellationToken.None));
    }

    [Fact]
    public async Task A_registry_that_is_not_there_is_unavailable()
    {
        using var client = new SchemaRegistryClient(new SchemaRegistryOptions { Url = new Uri($"http://127.0.0.1:{FreePort.Next()}") });
        await Assert.ThrowsAsync<RegistryUnavailableException>(async () => await client.FindAsync(1, CancellationToken.None));
    }

    [Fact]
    public async Task A_registry_that_resets_each_connection_as_soon_as_it_is_made_is_unavailable()
    {
        await using var server = new ResettingServer();
        using var client = new SchemaRegistryClient(new SchemaRegistryOptions { Url = server.Url });

        for (var i = 0; i < 500; i++)
        {
            await Assert.ThrowsAsync<RegistryUnavailableException>(async () => await client.FindAsync(1, CancellationToken.None));
        }
    }

    [Fact]
    public async Task A_schema_in_the_folder_needs_no_registry()
    {
        var folder = Directory.CreateTempSubdirectory("schemas").FullName;
        try
        {
            _registry.Add(9, Schema);
            var options = new SchemaRegistryOptions { Url = _registry.Url, CacheFolder = folder };
            using (var before = new SchemaRegistryClient(options))
            {
                await before.FindAsync(9, CancellationToken.None);
            }

            _registry.Fail(503, "");
            using var after = new SchemaRegistryClient(options);
            Assert.Equal(Schema, (await after.FindAsync(9, CancellationToken.None))!.Text);
            await Assert.ThrowsAsync<RegistryUnavailableException>(async () => await after.FindAsync(10, CancellationToken.None));

            await File.WriteAllTextAsync(Path.Combine(folder, "9.json"), "half a fi");
            using var broken = new SchemaRegistryClient(options);
            await Assert.ThrowsAsync<RegistryUnavailableException>(async () => await broken.FindAsync(9, CancellationToken.None));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Schemas_that_a_schema_uses_come_with_it_each_after_those_it_uses_itself()
    {
        _registry.Answer("GET /schemas/ids/3", 200, """{"schema":"\"A\"","references":[{"name":"B","subject":"b","version":1},{"name":"C","subject":"c","version":2}]}""");
        _registry.Answer("GET /subjects/b/versions/1", 200, """{"id":1,"schema":"\"B\"","references":[{"name":"C","subject":"c","version":2}]}""");
        _registry.Answer("GET /subjects/c/versions/2", 200, """{"id":2,"schema":"\"C\""}""");
        Assert.Equal(["\"C\"", "\"B\""], (await _client.FindAsync(3, CancellationToken.None))!.References);
    }

    [Fact]
    public async Task The_latest_schema_of_a_subject_has_its_id()
    {
        _registry.Answer("GET /subjects/a-value/versions/latest", 200, """{"subject":"a-value","id":4,"version":2,"schema":"\"int\""}""");
        var latest = await _client.LatestAsync("a-value", CancellationToken.None);
        Assert.Equal((4, "\"int\""), (latest!.Id, latest.Text));
        Assert.Null(await _client.LatestAsync("b-value", CancellationToken.None));
    }

    [Fact]
    public async Task Registering_gives_the_id()
    {
        _registry.Answer("POST /subjects/a-value/versions", 200, """{"id":5}""");
        Assert.Equal(5, await _client.RegisterAsync("a-value", Schema, CancellationToken.None));
    }

    [Theory]
    [InlineData(409)]
    [InlineData(422)]
    public async Task A_refused_schema_has_the_registrys_reason(int status)
    {
        _registry.Answer("POST /subjects/a-value/versions", status, """{"error_code":409,"message":"b has no default"}""");
        var refused = await Assert.ThrowsAsync<SchemaRefusedException>(() => _client.RegisterAsync("a-value", Schema, CancellationToken.None));
        Assert.Contains("b has no default", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Our_own_schemas_are_named_after_their_topics()
    {
        Assert.Equal(["clickstream-events", "inventory-events", "order-events"], EventSchemas.Topics.Order(StringComparer.Ordinal));
        Assert.Equal("analytics.OrderEvent", EventSchemas.Of("order-events").Name);
        Assert.Equal("order-events-value", EventSchemas.Subject("order-events"));
    }
}
