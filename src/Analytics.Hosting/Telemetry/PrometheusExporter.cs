using System.Diagnostics.Metrics;
using System.Text;

namespace Analytics.Hosting.Telemetry;

/// <summary>Collects the measurements of this process and writes them in Prometheus's text format 0.0.4.</summary>
/// <remarks>
/// Our own instruments (meters named <c>Analytics.…</c>) carry their final name, <c>analytics_process_thing_unit</c>, <c>_total</c> for counters; those of .NET
/// and ASP.NET are renamed by the same rules. A histogram's borders come from its advice (<see cref="InstrumentAdvice{T}"/>).
/// Measuring takes one lock of one series and allocates only for a label set not seen before. Any thread.
/// </remarks>
public sealed class PrometheusExporter : IDisposable
{
    private static readonly string[] ForeignMeters = ["System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel"];

    private readonly SortedDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly Lock _adding = new();
    private readonly Lock _writing = new();
    private readonly MeterListener _listener = new();

    /// <summary>Starts to listen.</summary>
    public PrometheusExporter()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (IsOurs(instrument.Meter) || ForeignMeters.Contains(instrument.Meter.Name))
            {
                listener.EnableMeasurementEvents(instrument, FamilyOf(instrument));
            }
        };
        _listener.SetMeasurementEventCallback<byte>(static (_, value, tags, family) => Record(family, value, tags));
        _listener.SetMeasurementEventCallback<short>(static (_, value, tags, family) => Record(family, value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, family) => Record(family, value, tags));
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, family) => Record(family, value, tags));
        _listener.SetMeasurementEventCallback<float>(static (_, value, tags, family) => Record(family, value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, family) => Record(family, value, tags));
        _listener.SetMeasurementEventCallback<decimal>(static (_, value, tags, family) => Record(family, (double)value, tags));
        _listener.Start();
    }

    /// <summary>All families, in alphabetical order, with observed values read now.</summary>
    public string Text()
    {
        lock (_writing)
        {
            MetricFamily[] families;
            lock (_adding)
            {
                families = [.. _families.Values];
            }

            foreach (var family in families)
            {
                family.ForgetObserved();
            }

            _listener.RecordObservableInstruments();
            var text = new StringBuilder(16 * 1024);
            foreach (var family in families)
            {
                family.Write(text);
            }

            return text.ToString();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private static bool IsOurs(Meter meter) => meter.Name.StartsWith("Analytics", StringComparison.Ordinal);

    private static void Record(object? family, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) => ((MetricFamily)family!).Record(value, tags);

    private MetricFamily FamilyOf(Instrument instrument)
    {
        var family = MetricFamily.Of(instrument);
        lock (_adding)
        {
            if (!_families.TryGetValue(family.Name, out var known))
            {
                _families.Add(family.Name, family);
                return family;
            }

            return known.Kind == family.Kind
                ? known
                : throw new InvalidOperationException($"Two instruments named {family.Name}: one is a {known.Kind}, the other a {family.Kind}. Rename one.");
        }
    }
}
