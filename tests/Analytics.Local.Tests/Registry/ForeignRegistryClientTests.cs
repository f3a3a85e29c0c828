using Analytics.Testing;

namespace Analytics.Local.Tests.Registry;

public sealed class ForeignRegistryClientTests(RegistryFixture registry) : IClassFixture<RegistryFixture>
{
    [Fact]
    public async Task The_kafkajs_client_registers_encodes_decodes_evolves_and_is_refused()
    {
        await using var broker = await KafkaBroker.StartAsync();

        var seen = await NodeClient.RunAsync("kafkajs-registry.mjs", registry.Url, broker.BootstrapServers, "clickstream-events");

        var (first, second) = (seen.GetProperty("first").GetProperty("id").GetInt32(), seen.GetProperty("second").GetProperty("id").GetInt32());
        Assert.Equal(first, seen.GetProperty("again").GetProperty("id").GetInt32());
        Assert.NotEqual(first, second);
        Assert.Equal((second, first), (seen.GetProperty("latest").GetInt32(), seen.GetProperty("found").GetInt32()));
        Assert.Contains("incompatible", seen.GetProperty("refusal").GetString(), StringComparison.Ordinal);
        Assert.Equal("""[{"id":7},{"id":8,"title":"Æther"}]""", seen.GetProperty("decoded").GetRawText());
    }
}
