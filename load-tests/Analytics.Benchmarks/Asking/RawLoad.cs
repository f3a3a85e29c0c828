using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Analytics.Benchmarks.Asking;

/// <summary>Asks the same over and over on some connections, with as little work of its own as it can, so that what is measured is the server.</summary>
internal static class RawLoad
{
    private const int Connections = 16;
    private static readonly byte[] EndOfHead = "\r\n\r\n"u8.ToArray();

    /// <summary>Answers a second.</summary>
    /// <param name="server">Where to ask.</param>
    /// <param name="request">The whole request, head and body.</param>
    /// <param name="length">Bytes of the body of an answer: each is looked at.</param>
    /// <param name="duration">How long.</param>
    public static async Task<double> PerSecondAsync(Uri server, byte[] request, int length, TimeSpan duration)
    {
        var started = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(() => AskAsync(server, request, length, started, duration))));
        return counts.Sum() / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>A request as it goes over the wire.</summary>
    public static byte[] Request(Uri server, string method, string path, string key, string body) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"{method} {path} HTTP/1.1\r\nHost: {server.Authority}\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"));

    private static async Task<long> AskAsync(Uri server, byte[] request, int length, long started, TimeSpan duration)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Parse(server.Host), server.Port);
        var buffer = new byte[length + 4_096];
        var count = 0L;
        for (; Stopwatch.GetElapsedTime(started) < duration; count++)
        {
            await socket.SendAsync(request);
            await ReadAsync(socket, buffer, length);
        }

        return count;
    }

    private static async Task ReadAsync(Socket socket, byte[] buffer, int length)
    {
        var (read, head) = (0, -1);
        while (head < 0 || read < head + length)
        {
            var more = await socket.ReceiveAsync(buffer.AsMemory(read));
            if (more == 0)
            {
                throw new InvalidOperationException($"the server closed the connection after {read} bytes");
            }

            read += more;
            if (head < 0 && buffer.AsSpan(0, read).IndexOf(EndOfHead) is >= 0 and var at)
            {
                head = at + EndOfHead.Length;
                if (!buffer.AsSpan(0, head).StartsWith("HTTP/1.1 200"u8))
                {
                    throw new InvalidOperationException($"expected 200, found {Encoding.ASCII.GetString(buffer, 0, head)}");
                }
            }
        }
    }
}
