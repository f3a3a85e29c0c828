namespace Analytics.Hosting.Telemetry;

/// <summary>Builds a short text on the stack; beyond the given buffer it moves to the heap.</summary>
internal ref struct ValueText(Span<char> buffer)
{
    private Span<char> _buffer = buffer;
    private int _length;

    /// <summary>What was written.</summary>
    public readonly ReadOnlySpan<char> Written => _buffer[.._length];

    /// <summary>Adds one character.</summary>
    public void Append(char letter)
    {
        if (_length == _buffer.Length)
        {
            var larger = new char[_buffer.Length * 2];
            Written.CopyTo(larger);
            _buffer = larger;
        }

        _buffer[_length++] = letter;
    }

    /// <summary>Adds a text.</summary>
    public void Append(ReadOnlySpan<char> text)
    {
        foreach (var letter in text)
        {
            Append(letter);
        }
    }

    /// <summary>Adds the value of a label, escaped as the format asks.</summary>
    public void AppendEscaped(ReadOnlySpan<char> text)
    {
        foreach (var letter in text)
        {
            switch (letter)
            {
                case '\\':
                    Append("\\\\");
                    break;
                case '"':
                    Append("\\\"");
                    break;
                case '\n':
                    Append("\\n");
                    break;
                default:
                    Append(letter);
                    break;
            }
        }
    }
}
