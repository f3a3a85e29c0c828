using System.Buffers;
using System.Net;
using System.Text.Json;

namespace Analytics.Storage.ClickHouse;

/// <summary>Cuts an answer in JSONCompactEachRow into rows, and finds the error that a server writes into the middle of an answer.</summary>
internal static class ClickHouseLines
{
    /// <summary>Takes the next whole row off <paramref name="rest"/>; false when more bytes are needed, or none are left.</summary>
    /// <exception cref="ClickHouseException">An error stands where a row should.</exception>
    public static bool TryTake(ref ReadOnlySequence<byte> rest, bool isLast, out ReadOnlySequence<byte> line)
    {
        line = default;
        if (rest.IsEmpty)
        {
            return false;
        }

        if (rest.FirstSpan[0] == (byte)'[' && rest.PositionOf((byte)'\n') is { } end)
        {
            line = rest.Slice(0, end);
            rest = rest.Slice(rest.GetPosition(1, end));
            return true;
        }

        if (rest.FirstSpan[0] != (byte)'[' && ClickHouseErrors.InRows(rest) is { } error)
        {
            throw error;
        }

        return isLast
            ? throw new ClickHouseUnavailableException(0, HttpStatusCode.OK, $"ClickHouse's answer ended within a row, after {rest.Length} bytes of it")
            : false;
    }

    /// <summary>Lets <paramref name="read"/> make a value of one row.</summary>
    public static T ReadRow<T>(in ReadOnlySequence<byte> line, Func<JsonElement, T> read)
    {
        using var row = JsonDocument.Parse(line);
        return read(row.RootElement);
    }
}
