using System.Globalization;
using Analytics.Core.Events;
using Analytics.Worker.Consuming;
using Analytics.Worker.Decoding;

namespace Analytics.Worker.Windowing;

/// <summary>Says of a rejected record what was expected and what was found.</summary>
internal static class RejectionText
{
    /// <summary>The sentence for one record.</summary>
    public static string Of(RawBatch raw, EventColumns columns, int row) => columns.Verdicts[row] switch
    {
        Verdict.TooShort => $"Expected a 5-byte header (0 and the schema id), found {raw.Lengths[row]} bytes.",
        Verdict.BadMagicByte => $"Expected the first byte to be 0, found {raw.Bytes[raw.Starts[row]]}. Send records in the registry's wire format.",
        Verdict.UnknownSchema => $"Expected a schema id of the registry, found {columns.SchemaIds[row]}, which it does not know. Register the schema first.",
        Verdict.IncompatibleSchema => $"Expected a schema that can be read as the topic's, found schema {columns.SchemaIds[row]}, which cannot.",
        Verdict.Oversized => $"Expected a record within the size limit, found {raw.Lengths[row]} bytes.",
        Verdict.Truncated => $"Expected more bytes for schema {columns.SchemaIds[row]}, found the end of the record after {raw.Lengths[row]}.",
        Verdict.Corrupt => $"Expected Avro by schema {columns.SchemaIds[row]}, found bytes that are not.",
        Verdict.TrailingBytes => $"Expected the end of the record after the last field of schema {columns.SchemaIds[row]}, found more bytes.",
        Verdict.InvalidUtf8 => "Expected strings in UTF-8, found one that is not.",
        Verdict.TooManyItems => $"Expected at most {EventLimits.Lines} lines and {EventLimits.Properties} properties, found more.",
        Verdict.MissingTenant => $"Expected tenant_id of 1 or more, found {Text(columns.Tenant.Values[row])}.",
        Verdict.MissingEventId => "Expected an event_id, found 16 zero bytes.",
        Verdict.MissingName => "Expected a name (order_id, product_id) of 1 to 128 bytes, found an empty one.",
        Verdict.MissingUser => "Expected a user_id, found an empty one.",
        Verdict.TextTooLong => $"Expected texts within their limits ({EventLimits.NameBytes} bytes for names, {EventLimits.TextBytes} for ids, {EventLimits.LongTextBytes} for URLs), found a longer one.",
        Verdict.InvalidTime => $"Expected times from 1971 to 2105 in Unix milliseconds, found created_at {Text(columns.Created.Values[row])}, sent_at {Text(columns.Sent.Values[row])}, received_at {Text(columns.Received.Values[row])}.",
        Verdict.FutureTimestamp => $"Expected an event at most 24 h ahead of its receipt, found created_at {Text(columns.Created.Values[row])} in a record of {raw.Timestamps[row]}.",
        Verdict.TooOld => $"Expected an event within the topic's maximum age, found created_at {Text(columns.Created.Values[row])} in a record of {raw.Timestamps[row]}.",
        Verdict.InvalidCurrency => "Expected a currency of three letters (ISO 4217), found something else.",
        Verdict.NoLines => "Expected at least one line, found none.",
        Verdict.InvalidQuantity => "Expected a quantity of 1 or more, or a stock of 0 or more, found less.",
        Verdict.InvalidAmount => $"Expected prices and discounts of 0 or more, discounts within their line, and at most {EventLimits.Amount} minor units in all, found otherwise.",
        var verdict => throw new InvalidOperationException($"{verdict} is not a rejection."),
    };

    private static string Text(long value) => value == long.MinValue ? "nothing" : value.ToString(CultureInfo.InvariantCulture);
}
