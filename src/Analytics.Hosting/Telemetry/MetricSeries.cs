using System.Globalization;
using System.Text;

namespace Analytics.Hosting.Telemetry;

/// <summary>One label set of a family: a number, or the counts of a histogram. Any thread.</summary>
internal sealed class MetricSeries(double[] borders)
{
    private readonly Lock _lock = new();
    private readonly long[] _counts = new long[borders.Length == 0 ? 0 : borders.Length + 1];
    private double _value;

    /// <summary>Takes one measurement: the new value where <paramref name="isSet"/>, else an addition.</summary>
    public void Record(double value, bool isSet)
    {
        lock (_lock)
        {
            _value = isSet ? value : _value + value;
            if (_counts.Length > 0)
            {
                _counts[BucketOf(value)]++;
            }
        }
    }

    /// <summary>Writes its line, or the lines of its buckets, sum and count.</summary>
    public void Write(StringBuilder text, string name, string labels)
    {
        double value;
        long[] counts;
        lock (_lock)
        {
            value = _value;
            counts = [.. _counts];
        }

        if (counts.Length == 0)
        {
            Line(text, name, "", labels, value);
            return;
        }

        long below = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            below += counts[i];
            var border = i < borders.Length ? Number(borders[i]) : "+Inf";
            Line(text, name, "_bucket", $"{labels}{(labels.Length == 0 ? "" : ",")}le=\"{border}\"", below);
        }

        Line(text, name, "_sum", labels, value);
        Line(text, name, "_count", labels, below);
    }

    private static void Line(StringBuilder text, string name, string suffix, string labels, double value)
    {
        text.Append(name).Append(suffix);
        if (labels.Length > 0)
        {
            text.Append('{').Append(labels).Append('}');
        }

        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Number(double value) =>
        double.IsNaN(value) ? "NaN"
        : double.IsPositiveInfinity(value) ? "+Inf"
        : double.IsNegativeInfinity(value) ? "-Inf"
        : value.ToString("R", CultureInfo.InvariantCulture);

    // A border belongs to the bucket below it (le = less or equal).
    private int BucketOf(double value)
    {
        var at = Array.BinarySearch(borders, value);
        return at >= 0 ? at : ~at;
    }
}
