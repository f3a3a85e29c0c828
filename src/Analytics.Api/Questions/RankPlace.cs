using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;

namespace Analytics.Api.Questions;

/// <summary>A place in a list of products that are ranked by figures: by the first, then by the second, both ascending, then by the product's id.</summary>
internal readonly record struct RankPlace(double First, double Second, string ProductId)
{
    private const int Head = 2 * sizeof(double);

    // A product's id is shorter by the rules of events; a longer text is nobody's.
    private const int Longest = 2_048;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>Reads <c>cursor</c>; null where none is given.</summary>
    /// <exception cref="Problem">It is none.</exception>
    public static RankPlace? Of(IQueryCollection query) =>
        query["cursor"].ToString() is not { Length: > 0 } text ? null
        : Parse(text) ?? throw Problem.Invalid("cursor", "Expected the 'next' of the page before; found another text. Leave it out to begin at the start.");

    /// <summary>Negative where the left one comes first, positive where the right one does.</summary>
    public static int Compare(RankPlace left, RankPlace right) =>
        left.First.CompareTo(right.First) is var first and not 0 ? first
        : left.Second.CompareTo(right.Second) is var second and not 0 ? second
        : string.CompareOrdinal(left.ProductId, right.ProductId);

    /// <inheritdoc/>
    public override string ToString()
    {
        var bytes = new byte[Head + Encoding.UTF8.GetByteCount(ProductId)];
        BinaryPrimitives.WriteDoubleBigEndian(bytes, First);
        BinaryPrimitives.WriteDoubleBigEndian(bytes.AsSpan(sizeof(double)), Second);
        Encoding.UTF8.GetBytes(ProductId, bytes.AsSpan(Head));
        return Base64Url.EncodeToString(bytes);
    }

    private static RankPlace? Parse(string text)
    {
        if (text.Length > Longest || !Base64Url.IsValid(text))
        {
            return null;
        }

        var bytes = Base64Url.DecodeFromChars(text);
        try
        {
            return bytes.Length < Head
                ? null
                : new(BinaryPrimitives.ReadDoubleBigEndian(bytes), BinaryPrimitives.ReadDoubleBigEndian(bytes.AsSpan(sizeof(double))), Strict.GetString(bytes.AsSpan(Head)));
        }
        catch (DecoderFallbackException)
        {
            // Bytes that are no text: made by somebody else.
            return null;
        }
    }
}
