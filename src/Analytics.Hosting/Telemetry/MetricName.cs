using System.Diagnostics.Metrics;
using System.Text;

namespace Analytics.Hosting.Telemetry;

/// <summary>The name of an instrument in Prometheus's customs: base unit as a suffix, <c>_total</c> for counters, letters, digits and underscores only.</summary>
internal static class MetricName
{
    /// <summary>The name; a name that keeps the customs already stays as it is.</summary>
    public static string Of(Instrument instrument, MetricKind kind)
    {
        var name = new StringBuilder(instrument.Name.Length + 16);
        foreach (var letter in instrument.Name)
        {
            name.Append(char.IsAsciiLetterOrDigit(letter) ? letter : '_');
        }

        var text = name.ToString();
        var isCounter = kind == MetricKind.Counter;
        var stem = isCounter && text.EndsWith("_total", StringComparison.Ordinal) ? text[..^"_total".Length] : text;
        if (UnitSuffix(instrument.Unit) is { } unit && !stem.EndsWith(unit, StringComparison.Ordinal))
        {
            stem += "_" + unit;
        }

        // Prometheus keeps this ending for histograms.
        if (kind != MetricKind.Histogram && stem.EndsWith("_count", StringComparison.Ordinal))
        {
            stem = stem[..^"_count".Length];
        }

        return isCounter ? stem + "_total" : stem;
    }

    /// <summary>A label's name.</summary>
    public static void AppendLabel(ref ValueText text, string tag)
    {
        foreach (var letter in tag)
        {
            text.Append(char.IsAsciiLetterOrDigit(letter) ? letter : '_');
        }
    }

    private static string? UnitSuffix(string? unit) => unit switch
    {
        "s" => "seconds",
        "By" => "bytes",
        _ => null,
    };
}
