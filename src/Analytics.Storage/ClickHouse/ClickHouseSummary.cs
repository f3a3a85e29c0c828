using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Analytics.Storage.ClickHouse;

/// <summary>What a statement did, as the server counts (header X-ClickHouse-Summary); zeros when it does not say.</summary>
/// <param name="ReadRows">Rows read.</param>
/// <param name="WrittenRows">Rows written, those of materialized views included.</param>
/// <param name="WrittenBytes">Their uncompressed size in memory, in bytes.</param>
public readonly record struct ClickHouseSummary(long ReadRows, long WrittenRows, long WrittenBytes)
{
    internal static ClickHouseSummary Read(HttpResponseHeaders headers)
    {
        if (!headers.TryGetValues("X-ClickHouse-Summary", out var values))
        {
            return default;
        }

        using var summary = JsonDocument.Parse(values.First());
        long Of(string name) => summary.RootElement.TryGetProperty(name, out var value)
            && long.TryParse(value.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        return new(Of("read_rows"), Of("written_rows"), Of("written_bytes"));
    }
}
