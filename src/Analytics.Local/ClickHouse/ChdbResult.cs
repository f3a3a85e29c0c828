using System.Runtime.InteropServices;

namespace Analytics.Local.ClickHouse;

/// <summary>One answer of the engine, in its memory until disposed. Owned by the request that asked.</summary>
internal sealed unsafe class ChdbResult(nint handle) : IDisposable
{
    private nint _handle = handle;

    /// <summary>The formatted bytes; valid until <see cref="Dispose"/>.</summary>
    public ReadOnlySpan<byte> Bytes => new(ChdbNative.Buffer(_handle), checked((int)ChdbNative.Length(_handle)));

    /// <summary>The same bytes as a stream over the engine's memory; valid until <see cref="Dispose"/>.</summary>
    public Stream OpenRead() =>
        ChdbNative.Buffer(_handle) is var start && start == null ? Stream.Null : new UnmanagedMemoryStream(start, (long)ChdbNative.Length(_handle));

    /// <summary>What this answer read and wrote; of a stream, since the chunk before.</summary>
    public Progress Progress => new(
        ChdbNative.RowsRead(_handle),
        ChdbNative.BytesRead(_handle),
        ChdbNative.RowsWritten(_handle),
        ChdbNative.BytesWritten(_handle),
        ChdbNative.ResultRows(_handle),
        ChdbNative.Length(_handle));

    /// <summary>Takes over an answer, or frees it and throws the error it carries.</summary>
    /// <exception cref="EngineException">The statement failed.</exception>
    public static ChdbResult Check(nint handle)
    {
        if (ChdbNative.Error(handle) is var error && error == null)
        {
            return new(handle);
        }

        var text = Marshal.PtrToStringUTF8((nint)error)!;
        ChdbNative.Destroy(handle);
        throw EngineException.Parse(text);
    }

    /// <summary>Frees the engine's memory.</summary>
    public void Dispose()
    {
        if (_handle != 0)
        {
            ChdbNative.Destroy(_handle);
            _handle = 0;
        }
    }
}

/// <summary>Rows and bytes that a statement read, wrote and answered.</summary>
internal readonly record struct Progress(ulong ReadRows, ulong ReadBytes, ulong WrittenRows, ulong WrittenBytes, ulong ResultRows, ulong ResultBytes)
{
    /// <summary>The sum of two parts of one statement.</summary>
    public static Progress operator +(Progress left, Progress right) => new(
        left.ReadRows + right.ReadRows,
        left.ReadBytes + right.ReadBytes,
        left.WrittenRows + right.WrittenRows,
        left.WrittenBytes + right.WrittenBytes,
        left.ResultRows + right.ResultRows,
        left.ResultBytes + right.ResultBytes);
}
