namespace Analytics.Core.Events;

/// <summary>What became of one record: counted, known already, left out by rule, or rejected for one reason.</summary>
/// <remarks>
/// A verdict is a function of the log alone, so every worker reaches the same one. A registry, sink or network that is away is never a verdict.
/// The snake-case form (<see cref="Verdicts.Code"/>) is what the ledger, the rejected inbox, metrics and HTTP replies carry.
/// </remarks>
public enum Verdict : byte
{
    /// <summary>Counted.</summary>
    Accepted = 0,

    /// <summary>The event id stood in one of the previous 262,144 offsets of the partition.</summary>
    Duplicate = 1,

    /// <summary>Left out by rule, without being wrong: an empty record, a sampled debug event.</summary>
    Filtered = 2,

    // Rejections: the record's frame and schema.

    /// <summary>Shorter than the 5-byte header that names the schema.</summary>
    TooShort = 16,

    /// <summary>The first byte is not 0.</summary>
    BadMagicByte,

    /// <summary>The registry answered 404 to the schema id.</summary>
    UnknownSchema,

    /// <summary>The schema cannot be read as the topic's schema.</summary>
    IncompatibleSchema,

    /// <summary>The record is larger than the limit.</summary>
    Oversized,

    // Rejections: the record's Avro bytes.

    /// <summary>The record ends inside a field.</summary>
    Truncated,

    /// <summary>Bytes that are not Avro by the schema: a negative length, a bad union branch, a varint of over 10 bytes.</summary>
    Corrupt,

    /// <summary>Bytes are left after the last field.</summary>
    TrailingBytes,

    /// <summary>A string is not UTF-8.</summary>
    InvalidUtf8,

    /// <summary>An array or map is longer, or nested deeper, than the limit.</summary>
    TooManyItems,

    // Rejections: the rules of an event.

    /// <summary>tenant_id is 0 or negative.</summary>
    MissingTenant,

    /// <summary>The event id is all zero.</summary>
    MissingEventId,

    /// <summary>name, order_id or product_id is empty where it is needed.</summary>
    MissingName,

    /// <summary>user_id is empty where it is needed.</summary>
    MissingUser,

    /// <summary>A text is longer than its limit.</summary>
    TextTooLong,

    /// <summary>A time is before 1971 or after 2105: the stores keep minutes in 32-bit seconds.</summary>
    InvalidTime,

    /// <summary>The event lies more than 24 hours ahead of its receipt.</summary>
    FutureTimestamp,

    /// <summary>The event is older than the topic's maximum age.</summary>
    TooOld,

    /// <summary>The currency is not three letters.</summary>
    InvalidCurrency,

    /// <summary>An order without lines.</summary>
    NoLines,

    /// <summary>A quantity below 1, or a stock below 0.</summary>
    InvalidQuantity,

    /// <summary>A price or discount below 0, a discount above its line, or an amount that does not fit.</summary>
    InvalidAmount,
}

/// <summary>The names of verdicts.</summary>
public static class Verdicts
{
    private static readonly string[] Codes = MakeCodes();

    /// <summary>True for a rejection: the record stands in the rejected inbox.</summary>
    public static bool IsRejection(this Verdict verdict) => verdict >= Verdict.TooShort;

    /// <summary>The snake-case name, for example <c>bad_magic_byte</c>.</summary>
    public static string Code(this Verdict verdict) => Codes[(int)verdict];

    private static string[] MakeCodes()
    {
        var codes = new string[(int)Enum.GetValues<Verdict>()[^1] + 1];
        Array.Fill(codes, "unknown");
        foreach (var verdict in Enum.GetValues<Verdict>())
        {
            codes[(int)verdict] = string.Concat(verdict.ToString()
                .Select((letter, i) => i > 0 && char.IsUpper(letter) ? "_" + char.ToLowerInvariant(letter) : char.ToLowerInvariant(letter).ToString()));
        }

        return codes;
    }
}
