using System.Buffers;
using System.Text;

namespace Analytics.Local.ClickHouse;

/// <summary>The text of a statement and the data that follows it, read from the URL and the body without holding the data.</summary>
/// <remarks>As on the server, the text is the URL parameter <c>query</c>, a line end, and the body.</remarks>
internal sealed class StatementBody : IAsyncDisposable
{
    /// <summary>How much of a body is read before looking for the end of an INSERT's head: ClickHouse's default max_query_size.</summary>
    private const int HeadSize = 256 << 10;

    /// <summary>What a question needs. A buffer of the whole head for each is one of the large objects, for whose sake all of the memory is collected.</summary>
    private const int UsualSize = 8 << 10;
    private const int LeastRead = 2 << 10;

    private readonly Stream _body;
    private readonly ReadOnlyMemory<byte> _text;
    private ReadOnlyMemory<byte> _readAhead;

    private StatementBody(ReadOnlyMemory<byte> text, Statement statement, Stream body)
    {
        _text = text;
        _body = body;
        Statement = statement;
        _readAhead = text[statement.DataStart..];
    }

    /// <summary>What was found in the text.</summary>
    public Statement Statement { get; }

    /// <summary>The statement, without the FORMAT of data that follows.</summary>
    public ReadOnlySpan<byte> Sql => _text.Span[..Statement.Length];

    /// <summary>An INSERT from input(), reading the file at <paramref name="path"/> instead.</summary>
    /// <exception cref="EngineException">input() names no columns.</exception>
    public byte[] SqlReadingFrom(string path)
    {
        var sql = Sql;
        var (start, length) = Statement.Input.GetOffsetAndLength(sql.Length);
        var call = sql.Slice(start, length);
        var columns = call[(call.IndexOf((byte)'(') + 1)..^1];
        if (columns.Trim(" \t\r\n"u8).IsEmpty)
        {
            throw EngineException.Of(36, "BAD_ARGUMENTS", "input() needs the columns of the data here: input('a UInt64, b String')");
        }

        var head = Encoding.UTF8.GetBytes($"file({PortRequest.Quote(path)}, {PortRequest.Quote(Statement.Format!)}, ");
        return [.. sql[..start], .. head, .. columns, (byte)')', .. sql[(start + length)..]];
    }

    /// <summary>Reads as much of the request as is needed to know the statement.</summary>
    /// <exception cref="EngineException">The text is empty, too long or more than one statement.</exception>
    public static async Task<StatementBody> ReadAsync(PortRequest request, int limit, CancellationToken cancel)
    {
        var body = request.OpenBody();
        var text = new ArrayBufferWriter<byte>(UsualSize);
        if (request.Query.Length > 0)
        {
            Encoding.UTF8.GetBytes(request.Query, text);
            text.Write("\n"u8);
            var alone = Statement.Parse(text.WrittenSpan);
            if (alone.Kind is StatementKind.Insert or StatementKind.InsertFromInput && (alone.Format ?? request.DefaultFormat) is not null)
            {
                return new(text.WrittenMemory, alone, body);
            }
        }

        var isWhole = !await FillAsync(text, body, HeadSize, cancel);
        var statement = Statement.Parse(text.WrittenSpan);
        if (!isWhole && statement.Kind is StatementKind.Select or StatementKind.Other)
        {
            if (await FillAsync(text, body, limit, cancel))
            {
                throw EngineException.Of(62, "SYNTAX_ERROR", $"Max query size exceeded: this port takes statements of up to {limit} bytes");
            }

            statement = Statement.Parse(text.WrittenSpan);
        }

        return new(text.WrittenMemory, statement, body);
    }

    /// <summary>The next piece of the data, at most the size of <paramref name="buffer"/>; empty at its end.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReadDataAsync(Memory<byte> buffer, CancellationToken cancel)
    {
        if (!_readAhead.IsEmpty)
        {
            var first = _readAhead;
            _readAhead = default;
            return first;
        }

        var length = await _body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancel);
        return buffer[..length];
    }

    /// <summary>Copies all data.</summary>
    public async Task CopyDataAsync(Stream target, CancellationToken cancel)
    {
        await target.WriteAsync(_readAhead, cancel);
        await _body.CopyToAsync(target, cancel);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _body.DisposeAsync();

    /// <summary>Reads until <paramref name="text"/> holds <paramref name="limit"/> bytes; false when the body ended before.</summary>
    private static async Task<bool> FillAsync(ArrayBufferWriter<byte> text, Stream body, int limit, CancellationToken cancel)
    {
        while (text.WrittenCount < limit)
        {
            var length = await body.ReadAsync(text.GetMemory(LeastRead), cancel);
            if (length == 0)
            {
                return false;
            }

            text.Advance(length);
        }

        return true;
    }
}
