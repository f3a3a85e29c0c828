namespace Analytics.Local.ClickHouse;

/// <summary>A running SELECT. Calls block and must come one after the other.</summary>
internal sealed class ChdbSelect(nint connection, nint stream) : IDisposable
{
    private bool _isEnded;

    /// <summary>The next chunk, about 65,000 rows, owned by the caller; null when the answer is complete.</summary>
    /// <exception cref="EngineException">The statement failed on the way.</exception>
    public ChdbResult? Fetch()
    {
        try
        {
            var chunk = ChdbResult.Check(ChdbNative.Fetch(connection, stream));
            if (chunk.Bytes.Length > 0)
            {
                return chunk;
            }

            chunk.Dispose();
            _isEnded = true;
            return null;
        }
        catch (EngineException)
        {
            _isEnded = true;
            throw;
        }
    }

    /// <summary>Stops the statement when it still runs, and frees it.</summary>
    public void Dispose()
    {
        if (!_isEnded)
        {
            ChdbNative.CancelQuery(connection, stream);
        }

        ChdbNative.Destroy(stream);
    }
}
