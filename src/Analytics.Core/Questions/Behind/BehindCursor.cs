using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;

namespace Analytics.Core.Questions.Behind;

/// <summary>A place in a list of what is behind a figure: by user, then by group, then by number.</summary>
/// <param name="User">The last one's user.</param>
/// <param name="Label">Its group; empty where there are none.</param>
/// <param name="Number">Which of the user's; Unix milliseconds of the start where visits are listed.</param>
public readonly record struct BehindCursor(string User, string Label, long Number)
{
    private const int Head = 8 + 4;

    // A user's id and a label are shorter by the rules of events; a longer text is nobody's.
    private const int Longest = 8_192;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>The cursor that a text says; null for any other text.</summary>
    public static BehindCursor? Parse(string text)
    {
        if (text.Length > Longest || !Base64Url.IsValid(text))
        {
            return null;
        }

        var bytes = Base64Url.DecodeFromChars(text);
        if (bytes.Length < Head || BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(8)) is var length && (length < 0 || length > bytes.Length - Head))
        {
            return null;
        }

        try
        {
            return new(Strict.GetString(bytes.AsSpan(Head, length)), Strict.GetString(bytes.AsSpan(Head + length)), BinaryPrimitives.ReadInt64BigEndian(bytes));
        }
        catch (DecoderFallbackException)
        {
            // Bytes that are no text: made by somebody else.
            return null;
        }
    }

    /// <summary>Whether something comes after this place. Texts are compared as ClickHouse does, byte by byte.</summary>
    public bool IsBefore(string user, string label, long number)
    {
        var (byUser, byLabel) = (Compare(User, user), Compare(Label, label));
        return byUser != 0 ? byUser < 0 : byLabel != 0 ? byLabel < 0 : Number < number;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var length = Encoding.UTF8.GetByteCount(User);
        var bytes = new byte[Head + length + Encoding.UTF8.GetByteCount(Label)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, Number);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(8), length);
        Encoding.UTF8.GetBytes(User, bytes.AsSpan(Head));
        Encoding.UTF8.GetBytes(Label, bytes.AsSpan(Head + length));
        return Base64Url.EncodeToString(bytes);
    }

    private static int Compare(string left, string right) => Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right));
}
