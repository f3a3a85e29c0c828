using Analytics.Testing;

namespace Analytics.Local.Tests.Registry;

/// <summary>One registry for the tests of a class; each takes a subject of its own.</summary>
public sealed class RegistryFixture : IAsyncLifetime
{
    private SchemaRegistryServer? _server;

    internal RegistryClient Client { get; private set; } = null!;

    internal string Url => _server!.Url;

    public static string NewSubject() => "subject-" + Guid.NewGuid().ToString("N") + "-value";

    public async Task InitializeAsync()
    {
        _server = await SchemaRegistryServer.StartAsync();
        Client = new RegistryClient(_server.Url);
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        await _server!.DisposeAsync();
    }
}
