using System.Globalization;
using System.Text;

namespace Analytics.Testing;

/// <summary>What a <see cref="FaultProxy"/> does to what passes through it.</summary>
public abstract record ProxyFault
{
    private ProxyFault()
    {
    }

    /// <summary>Everything passes.</summary>
    public sealed record None : ProxyFault;

    /// <summary>Open connections are reset, new ones refused: the process behind is gone.</summary>
    public sealed record Refused : ProxyFault;

    /// <summary>Connections are made, and nothing passes either way until the fault ends; then it arrives late. A network that loses every packet.</summary>
    public sealed record BlackHole : ProxyFault;

    /// <summary>Every answer comes so much later.</summary>
    public sealed record Slow(TimeSpan Delay) : ProxyFault;

    /// <summary>Requests arrive and are carried out; the connection is reset when the answer comes, so the client does not know.</summary>
    public sealed record AnswersCut : ProxyFault;

    /// <summary>The connection is reset after so many bytes of requests: half a statement arrives.</summary>
    public sealed record RequestsCut(int Bytes) : ProxyFault;

    /// <summary>HTTP requests are read whole and answered by the proxy; the server never sees them.</summary>
    /// <param name="Status">HTTP status.</param>
    /// <param name="Body">The text of the answer.</param>
    /// <param name="Headers">More headers, by name.</param>
    public sealed record Answered(int Status, string Body, params (string Name, string Value)[] Headers) : ProxyFault
    {
        /// <summary>An error as ClickHouse gives it.</summary>
        public static Answered ClickHouse(int code, string text, int status = 500) => new(
            status, $"Code: {code}. DB::Exception: {text}", ("X-ClickHouse-Exception-Code", code.ToString(CultureInfo.InvariantCulture)));

        internal byte[] Bytes()
        {
            var text = new StringBuilder(string.Create(
                CultureInfo.InvariantCulture, $"HTTP/1.1 {Status} Fault\r\nContent-Length: {Encoding.UTF8.GetByteCount(Body)}\r\nConnection: close\r\n"));
            foreach (var (name, value) in Headers)
            {
                text.Append(name).Append(": ").Append(value).Append("\r\n");
            }

            return Encoding.UTF8.GetBytes(text.Append("\r\n").Append(Body).ToString());
        }
    }

    /// <summary>
    /// The first request that contains <paramref name="Text"/>, and all after it on the same connection, wait at the proxy until the fault ends; then they arrive,
    /// even when their sender is dead: a late write. Other connections pass.
    /// </summary>
    public sealed record RequestHeld(string Text) : ProxyFault;

    /// <summary>As <see cref="RequestHeld"/>, but the request arrives and its answer waits: carried out, and the sender does not know.</summary>
    public sealed record AnswerHeld(string Text) : ProxyFault;
}
