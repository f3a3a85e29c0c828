using System.Diagnostics.Metrics;
using Analytics.Hosting.Telemetry;

namespace Analytics.Hosting.Tests.Telemetry;

public sealed class PrometheusExporterTests : IDisposable
{
    private readonly PrometheusExporter _exporter = new();
    private readonly Meter _meter = new("Analytics.Tests." + Guid.NewGuid().ToString("N"));
    private readonly string _prefix = "analytics_test_" + Guid.NewGuid().ToString("N") + "_";

    [Fact]
    public void A_counter_adds_up_by_its_labels()
    {
        var counter = _meter.CreateCounter<long>(_prefix + "records_total", description: "Records read.");
        counter.Add(2, new KeyValuePair<string, object?>("topic", "orders"), new KeyValuePair<string, object?>("partition", 3));
        counter.Add(5, new KeyValuePair<string, object?>("topic", "orders"), new KeyValuePair<string, object?>("partition", 3));
        counter.Add(1, new KeyValuePair<string, object?>("topic", "orders"), new KeyValuePair<string, object?>("partition", 4));

        Assert.Equal(
            [
                $"# HELP {_prefix}records_total Records read.",
                $"# TYPE {_prefix}records_total counter",
                $"{_prefix}records_total{{topic=\"orders\",partition=\"3\"}} 7",
                $"{_prefix}records_total{{topic=\"orders\",partition=\"4\"}} 1",
            ],
            Lines("records_total"));
    }

    [Fact]
    public void A_histogram_counts_by_the_borders_of_its_advice_and_a_border_belongs_below()
    {
        var histogram = _meter.CreateHistogram(
            _prefix + "wait_seconds", "s", "Waited.", tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] });
        histogram.Record(0.1);
        histogram.Record(0.5);
        histogram.Record(3);

        Assert.Equal(
            [
                $"# HELP {_prefix}wait_seconds Waited.",
                $"# TYPE {_prefix}wait_seconds histogram",
                $"{_prefix}wait_seconds_bucket{{le=\"0.1\"}} 1",
                $"{_prefix}wait_seconds_bucket{{le=\"1\"}} 2",
                $"{_prefix}wait_seconds_bucket{{le=\"+Inf\"}} 3",
                $"{_prefix}wait_seconds_sum 3.6",
                $"{_prefix}wait_seconds_count 3",
            ],
            Lines("wait_seconds"));
    }

    [Fact]
    public void An_observed_label_set_that_is_no_longer_told_is_gone()
    {
        var partitions = new List<int> { 1, 2 };
        _meter.CreateObservableGauge(
            _prefix + "lag_seconds", () => partitions.Select(partition => new Measurement<double>(9, new KeyValuePair<string, object?>("partition", partition))), "s", "Lag.");
        Assert.Equal(4, Lines("lag_seconds").Length);

        partitions.Remove(1);

        Assert.Equal([$"{_prefix}lag_seconds{{partition=\"2\"}} 9"], Lines("lag_seconds")[2..]);
    }

    [Fact]
    public void An_up_down_counter_is_a_gauge_that_falls()
    {
        var depth = _meter.CreateUpDownCounter<int>(_prefix + "queue_depth", description: "Batches.");
        depth.Add(3);
        depth.Add(-1);

        Assert.Equal([$"# TYPE {_prefix}queue_depth gauge", $"{_prefix}queue_depth 2"], Lines("queue_depth")[1..]);
    }

    [Fact]
    public void Label_values_and_help_are_escaped()
    {
        _meter.CreateCounter<int>(_prefix + "odd_total", description: "a\\b\nc").Add(1, new KeyValuePair<string, object?>("text", "say \"hi\"\\\n"));

        Assert.Equal(
            [$"# HELP {_prefix}odd_total a\\\\b\\nc", $"# TYPE {_prefix}odd_total counter", $"{_prefix}odd_total{{text=\"say \\\"hi\\\"\\\\\\n\"}} 1"],
            Lines("odd_total"));
    }

    [Fact]
    public void Label_sets_beyond_the_limit_are_not_shown()
    {
        var counter = _meter.CreateCounter<int>(_prefix + "many_total", description: "Many.");
        for (var i = 0; i < 2_000; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("n", i));
        }

        Assert.Equal(1_002, Lines("many_total").Length);
    }

    [Fact]
    public void Two_instruments_of_one_name_and_different_kinds_are_refused()
    {
        _meter.CreateCounter<int>(_prefix + "twice_total");

        var error = Assert.Throws<InvalidOperationException>(() => _meter.CreateHistogram<int>(_prefix + "twice_total"));

        Assert.Contains("twice_total", error.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _exporter.Dispose();
        _meter.Dispose();
    }

    private string[] Lines(string name) =>
        [.. _exporter.Text().Split('\n').Where(line => line.Contains(_prefix + name, StringComparison.Ordinal))];
}
