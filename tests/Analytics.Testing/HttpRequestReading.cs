using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Analytics.Testing;

/// <summary>Reads an HTTP request to its end, so that an answer meets a client that listens.</summary>
internal static class HttpRequestReading
{
    private const int LargestHead = 64 * 1024;

    /// <summary>Ends when the request is read: its head, and a body by Content-Length or in chunks. Bytes of no request are read as far as they go.</summary>
    public static async Task ToEndAsync(Socket client, ReadOnlyMemory<byte> first)
    {
        var head = first.ToArray().ToList();
        var bytes = new byte[64 * 1024];
        int end;
        while ((end = EndOfHead(head)) < 0 && head.Count < LargestHead)
        {
            if (await client.ReceiveAsync(bytes).ConfigureAwait(false) is not (> 0 and var count))
            {
                return;
            }

            head.AddRange(bytes.AsSpan(0, count));
        }

        if (end < 0)
        {
            return;
        }

        var text = Encoding.ASCII.GetString([.. head.Take(end)]);
        var body = head.Skip(end).ToList();
        if (text.Contains("Transfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase))
        {
            await ReadAsync(client, bytes, body, tail => tail.TakeLast(5).SequenceEqual("0\r\n\r\n"u8.ToArray())).ConfigureAwait(false);
        }
        else if (LengthOf(text) is { } length)
        {
            var left = length - body.Count;
            await ReadAsync(client, bytes, [], tail => (left -= tail.Count) <= 0).ConfigureAwait(false);
        }
    }

    // Only the last bytes are kept: a body may be large.
    private static async Task ReadAsync(Socket client, byte[] bytes, List<byte> tail, Func<List<byte>, bool> isEnd)
    {
        while (!isEnd(tail))
        {
            if (await client.ReceiveAsync(bytes).ConfigureAwait(false) is not (> 0 and var count))
            {
                return;
            }

            tail = [.. tail.Count > 5 || count >= 5 ? [] : tail, .. bytes.AsSpan(0, count)];
        }
    }

    private static int EndOfHead(List<byte> bytes)
    {
        var at = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bytes).IndexOf("\r\n\r\n"u8);
        return at < 0 ? -1 : at + 4;
    }

    private static long? LengthOf(string head) => head.Split("\r\n")
        .Where(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
        .Select(line => (long?)long.Parse(line.AsSpan("Content-Length:".Length), CultureInfo.InvariantCulture))
        .FirstOrDefault();
}
