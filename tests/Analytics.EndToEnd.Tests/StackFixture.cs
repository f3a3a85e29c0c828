using Analytics.Testing;

namespace Analytics.EndToEnd.Tests;

/// <summary>The stack under test, with the demo's shops: one of its own, or the one that the environment names.</summary>
public sealed class StackFixture : IAsyncLifetime
{
    private LocalStackFixture? _own;

    /// <summary>Where it serves.</summary>
    public StackAddress Address { get; private set; } = null!;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        if (StackAddress.FromEnvironment() is { } running)
        {
            Address = running;
            return;
        }

        _own = await LocalStackFixture.StartAsync(demo: true);
        Address = new(_own.ApiUrl.ToString().TrimEnd('/'), _own["READ_KEY"], _own["WRITE_KEY"]);
    }

    /// <inheritdoc/>
    public Task DisposeAsync() => _own?.DisposeAsync() ?? Task.CompletedTask;
}
