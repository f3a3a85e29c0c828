using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Analytics.Hosting.Telemetry;

/// <summary>How the values of an instrument come together.</summary>
internal enum MetricKind
{
    /// <summary>Added up, never falls.</summary>
    Counter,

    /// <summary>A total told by an observation.</summary>
    ObservedCounter,

    /// <summary>Added up, may fall.</summary>
    UpDown,

    /// <summary>The last value counts.</summary>
    Gauge,

    /// <summary>A value told by an observation; a label set that is no longer told is gone.</summary>
    ObservedGauge,

    /// <summary>Counted by size.</summary>
    Histogram,
}

/// <summary>One name in the export: its help, its type and its series by label set.</summary>
internal sealed class MetricFamily
{
    // Labels are bounded by custom (no tenants, no users); this keeps a mistake from eating the process. Beyond it new label sets are not shown.
    private const int MaxSeries = 1_000;

    // Prometheus's own default, 5 ms to 10 s: it suits requests, other things bring advice.
    private static readonly double[] DefaultBorders = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly ConcurrentDictionary<string, MetricSeries> _series = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, MetricSeries>.AlternateLookup<ReadOnlySpan<char>> _byLabels;
    private readonly string _help;
    private readonly double[] _borders;

    private MetricFamily(string name, MetricKind kind, string help, double[] borders)
    {
        Name = name;
        Kind = kind;
        _help = help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        _borders = borders;
        _byLabels = _series.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The exported name.</summary>
    public string Name { get; }

    /// <summary>How its values come together.</summary>
    public MetricKind Kind { get; }

    private bool IsSet => Kind is MetricKind.Gauge or MetricKind.ObservedGauge or MetricKind.ObservedCounter;

    private string TypeName => Kind switch
    {
        MetricKind.Counter or MetricKind.ObservedCounter => "counter",
        MetricKind.UpDown or MetricKind.Gauge or MetricKind.ObservedGauge => "gauge",
        MetricKind.Histogram => "histogram",
        _ => throw new InvalidOperationException($"{Kind} has no Prometheus type."),
    };

    /// <summary>The family of one instrument.</summary>
    public static MetricFamily Of(Instrument instrument)
    {
        var kind = KindOf(instrument);
        var help = instrument.Description is { Length: > 0 } text ? text : instrument.Name;
        var borders = kind == MetricKind.Histogram ? BordersOf(instrument) : [];
        return new(MetricName.Of(instrument, kind == MetricKind.ObservedCounter ? MetricKind.Counter : kind), kind, help, borders);
    }

    /// <summary>Takes one measurement.</summary>
    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new ValueText(stackalloc char[256]);
        foreach (var (tag, tagValue) in tags)
        {
            labels.Append(labels.Written.IsEmpty ? "" : ",");
            MetricName.AppendLabel(ref labels, tag);
            labels.Append("=\"");
            labels.AppendEscaped(tagValue as string ?? Convert.ToString(tagValue, CultureInfo.InvariantCulture));
            labels.Append('"');
        }

        if (!_byLabels.TryGetValue(labels.Written, out var series))
        {
            if (_series.Count >= MaxSeries)
            {
                return;
            }

            series = _series.GetOrAdd(labels.Written.ToString(), static (_, borders) => new MetricSeries(borders), _borders);
        }

        series.Record(value, IsSet);
    }

    /// <summary>Before a new observation: what is not told again is gone.</summary>
    public void ForgetObserved()
    {
        if (Kind is MetricKind.ObservedGauge or MetricKind.ObservedCounter)
        {
            _series.Clear();
        }
    }

    /// <summary>Writes HELP, TYPE and the series; nothing for a family without a measurement.</summary>
    public void Write(StringBuilder text)
    {
        if (_series.IsEmpty)
        {
            return;
        }

        text.Append("# HELP ").Append(Name).Append(' ').Append(_help).Append('\n');
        text.Append("# TYPE ").Append(Name).Append(' ').Append(TypeName).Append('\n');
        foreach (var (labels, series) in _series.OrderBy(series => series.Key, StringComparer.Ordinal))
        {
            series.Write(text, Name, labels);
        }
    }

    private static MetricKind KindOf(Instrument instrument)
    {
        var type = instrument.GetType().GetGenericTypeDefinition();
        return type == typeof(Counter<>) ? MetricKind.Counter
            : type == typeof(UpDownCounter<>) ? MetricKind.UpDown
            : type == typeof(Histogram<>) ? MetricKind.Histogram
            : type == typeof(Gauge<>) ? MetricKind.Gauge
            : type == typeof(ObservableCounter<>) ? MetricKind.ObservedCounter
            : type == typeof(ObservableGauge<>) || type == typeof(ObservableUpDownCounter<>) ? MetricKind.ObservedGauge
            : throw new NotSupportedException($"The instrument {instrument.Name} is a {type.Name}, which has no place in Prometheus's format.");
    }

    private static double[] BordersOf(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { } borders } => [.. borders],
        Histogram<long> { Advice.HistogramBucketBoundaries: { } borders } => [.. borders.Select(border => (double)border)],
        Histogram<int> { Advice.HistogramBucketBoundaries: { } borders } => [.. borders.Select(border => (double)border)],
        _ => DefaultBorders,
    };
}
