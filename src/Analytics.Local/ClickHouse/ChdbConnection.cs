using System.Runtime.InteropServices;
using System.Text;

namespace Analytics.Local.ClickHouse;

/// <summary>A session of its own inside the engine: its settings and its current database are seen by no other. All calls block.</summary>
/// <remarks>
/// Opening one costs a tenth of a millisecond, so every request has a fresh one and nothing a client set can leak to the next.
/// Runs one statement at a time; calls may come from different threads, one after the other.
/// </remarks>
internal sealed unsafe class ChdbConnection : IDisposable
{
    private static readonly Dictionary<string, string> NoParameters = [];
    private readonly nint* _connection;
    private bool _isClosed;

    internal ChdbConnection(nint* connection) => _connection = connection;

    private delegate nint Call(
        nint connection, byte* sql, nuint sqlLength, byte* format, nuint formatLength, byte** names, nuint* nameLengths, byte** values, nuint* valueLengths, nuint count);

    /// <summary>Runs a statement whose answer is small, or none.</summary>
    /// <exception cref="EngineException">The statement failed.</exception>
    public ChdbResult Run(ReadOnlySpan<byte> sql, string format = "TabSeparated", Dictionary<string, string>? parameters = null) =>
        ChdbResult.Check(Start(ChdbNative.Query, sql, format, parameters ?? NoParameters));

    /// <summary>Runs a statement that answers nothing.</summary>
    /// <exception cref="EngineException">The statement failed.</exception>
    public void Run(string sql) => Run(Encoding.UTF8.GetBytes(sql)).Dispose();

    /// <summary>Starts a SELECT whose answer is fetched in chunks.</summary>
    /// <exception cref="EngineException">The statement did not start.</exception>
    public ChdbSelect Select(ReadOnlySpan<byte> sql, string format, Dictionary<string, string> parameters)
    {
        var stream = Start(ChdbNative.StreamQuery, sql, format, parameters);
        ChdbResult.Check(stream);
        return new(*_connection, stream);
    }

    /// <summary>Starts an INSERT whose data is appended in chunks.</summary>
    /// <exception cref="EngineException">The statement did not start.</exception>
    public ChdbInsert Insert(ReadOnlySpan<byte> sql, string format, Dictionary<string, string> parameters)
    {
        var insert = new ChdbInsert(Start(ChdbNative.StreamInsert, sql, format, parameters));
        insert.ThrowIfFailed();
        return insert;
    }

    /// <summary>Ends the session.</summary>
    public void Dispose()
    {
        if (!_isClosed)
        {
            _isClosed = true;
            ChdbNative.Close(_connection);
        }
    }

    private nint Start(Call call, ReadOnlySpan<byte> sql, string format, Dictionary<string, string> parameters)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        var count = parameters.Count;
        var pointers = new nint[2 * count];
        var lengths = new nuint[2 * count];
        var formatBytes = Encoding.UTF8.GetBytes(format);
        try
        {
            var index = 0;
            foreach (var (name, value) in parameters)
            {
                (pointers[index], lengths[index]) = Copy(name);
                (pointers[count + index], lengths[count + index]) = Copy(value);
                index++;
            }

            fixed (byte* sqlStart = sql, formatStart = formatBytes)
            {
                fixed (nint* strings = pointers)
                {
                    fixed (nuint* sizes = lengths)
                    {
                        return call(
                            *_connection, sqlStart, (nuint)sql.Length, formatStart, (nuint)formatBytes.Length,
                            (byte**)strings, sizes, (byte**)(strings + count), sizes + count, (nuint)count);
                    }
                }
            }
        }
        finally
        {
            foreach (var pointer in pointers)
            {
                Marshal.FreeCoTaskMem(pointer);
            }
        }
    }

    private static (nint Pointer, nuint Length) Copy(string text) =>
        (Marshal.StringToCoTaskMemUTF8(text), (nuint)Encoding.UTF8.GetByteCount(text));
}
