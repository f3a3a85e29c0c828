using System.Net;
using System.Net.Sockets;

namespace Analytics.Testing;

/// <summary>A server that resets each connection as soon as it is made, as one does that dies at that moment.</summary>
/// <remarks>When a client hears of it differs from time to time: while it connects, sends or reads. So ask it some hundred times.</remarks>
public sealed class ResettingServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();
    private readonly Task _resetting;

    /// <summary>Listens on a port of its own.</summary>
    public ResettingServer()
    {
        _listener.Start();
        _resetting = Task.Run(ResetAsync);
    }

    /// <summary>Its address.</summary>
    public Uri Url => new($"http://{_listener.LocalEndpoint}");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _resetting.ContinueWith(_ => { }, TaskScheduler.Default);
        _listener.Dispose();
        _over.Dispose();
    }

    private async Task ResetAsync()
    {
        while (!_over.IsCancellationRequested)
        {
            using var accepted = await _listener.AcceptSocketAsync(_over.Token);
            accepted.LingerState = new LingerOption(enable: true, seconds: 0);
        }
    }
}
