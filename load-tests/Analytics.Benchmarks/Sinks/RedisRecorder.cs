using System.Net;
using System.Net.Sockets;

namespace Analytics.Benchmarks.Sinks;

/// <summary>Stands between a client and Redis and keeps what the client sends, connection by connection.</summary>
internal sealed class RedisRecorder : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<MemoryStream> _sent = [];
    private readonly int _port;

    /// <summary>Listens on a port of its own.</summary>
    public RedisRecorder(int port)
    {
        _port = port;
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>Where clients connect.</summary>
    public string Address => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>What the busiest connection has sent.</summary>
    public byte[] Busiest()
    {
        lock (_sent)
        {
            return _sent.MaxBy(stream => stream.Length)!.ToArray();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var (client, server, kept) = (await _listener.AcceptTcpClientAsync(), new TcpClient(), new MemoryStream());
                await server.ConnectAsync(IPAddress.Loopback, _port);
                lock (_sent)
                {
                    _sent.Add(kept);
                }

                _ = PumpAsync(client, server, kept);
                _ = PumpAsync(server, client, null);
            }
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            // The recording is over.
        }
    }

    private async Task PumpAsync(TcpClient from, TcpClient to, MemoryStream? kept)
    {
        var buffer = new byte[64 << 10];
        try
        {
            while (await from.GetStream().ReadAsync(buffer) is > 0 and var read)
            {
                if (kept is not null)
                {
                    lock (_sent)
                    {
                        kept.Write(buffer, 0, read);
                    }
                }

                await to.GetStream().WriteAsync(buffer.AsMemory(0, read));
            }
        }
        catch (Exception closed) when (closed is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // One side has gone; the other is told below.
        }

        to.Dispose();
    }
}
