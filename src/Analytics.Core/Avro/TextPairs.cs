namespace Analytics.Core.Avro;

/// <summary>Walks a map of texts as a <see cref="SpanColumn"/> holds it: the encoded blocks that a plan has checked already.</summary>
/// <remarks>Borrows the bytes. An empty span is an empty map.</remarks>
public ref struct TextPairs(ReadOnlySpan<byte> blocks)
{
    private ReadOnlySpan<byte> _left = blocks;
    private long _pairs;

    /// <summary>The next pair as UTF-8; false at the end.</summary>
    public bool Next(out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value)
    {
        if (_pairs == 0 && !_left.IsEmpty)
        {
            _pairs = Number();
            if (_pairs < 0)
            {
                // The block's size in bytes follows a negative count.
                _pairs = -_pairs;
                Number();
            }
        }

        if (_pairs == 0)
        {
            _left = [];
            key = value = [];
            return false;
        }

        _pairs--;
        key = Text();
        value = Text();
        return true;
    }

    private ReadOnlySpan<byte> Text()
    {
        var length = (int)Number();
        var text = _left[..length];
        _left = _left[length..];
        return text;
    }

    private long Number()
    {
        ulong value = 0;
        var at = 0;
        for (var shift = 0; ; shift += 7)
        {
            var one = _left[at++];
            value |= (ulong)(one & 0x7F) << shift;
            if (one < 0x80)
            {
                _left = _left[at..];
                return (long)(value >> 1) ^ -(long)(value & 1);
            }
        }
    }
}
