using System.Runtime.InteropServices;

namespace Analytics.Local.ClickHouse;

/// <summary>A running INSERT. Calls block (that is its back-pressure) and must come one after the other.</summary>
internal sealed unsafe class ChdbInsert(nint stream) : IDisposable
{
    /// <summary>Hands data to the engine, which copies it. Pieces may be cut anywhere.</summary>
    /// <exception cref="EngineException">The data could not be read or written.</exception>
    public void Append(ReadOnlySpan<byte> data)
    {
        fixed (byte* start = data)
        {
            if (ChdbNative.Append(stream, start, (nuint)data.Length) != 0)
            {
                ThrowIfFailed();
                throw EngineException.Of(49, "LOGICAL_ERROR", "The engine refused data and gave no reason");
            }
        }
    }

    /// <summary>Ends the data and waits until it is written.</summary>
    /// <exception cref="EngineException">The data could not be read or written.</exception>
    public Progress Done()
    {
        using var result = ChdbResult.Check(ChdbNative.Done(stream));
        return result.Progress;
    }

    /// <summary>Throws what the engine says is wrong with this insert, if anything.</summary>
    /// <exception cref="EngineException">There is an error.</exception>
    public void ThrowIfFailed()
    {
        if (ChdbNative.InsertError(stream) is var error && error != null)
        {
            var text = Marshal.PtrToStringUTF8((nint)error)!;
            throw EngineException.Parse(text);
        }
    }

    /// <summary>Frees it; without <see cref="Done"/> the data not yet written is dropped.</summary>
    public void Dispose() => ChdbNative.DestroyInsert(stream);
}
