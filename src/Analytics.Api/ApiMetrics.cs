using System.Diagnostics.Metrics;

namespace Analytics.Api;

/// <summary>What the API measures.</summary>
internal sealed class ApiMetrics : IDisposable
{
    private readonly Meter _meter = new("Analytics.Api");
    private readonly Counter<long> _events;
    private readonly Counter<long> _rejected;
    private readonly Histogram<double> _acknowledged;
    private readonly Histogram<double> _queries;
    private readonly Counter<long> _answers;
    private readonly Counter<long> _limited;
    private readonly UpDownCounter<int> _streams;
    private readonly Counter<long> _messages;

    public ApiMetrics()
    {
        _events = _meter.CreateCounter<long>("analytics_api_events", "{event}", "Events received by the collector, by what became of them: acknowledged, rejected, failed.");
        _rejected = _meter.CreateCounter<long>("analytics_api_rejected_events", "{event}", "Events that the collector refused, by reason.");
        _acknowledged = _meter.CreateHistogram(
            "analytics_api_acknowledge",
            "s",
            "From the whole body read to every event acknowledged by Kafka.",
            tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] });
        _queries = _meter.CreateHistogram(
            "analytics_api_query",
            "s",
            "Time to answer a question, by question and source (redis, clickhouse, memory).",
            tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });
        _answers = _meter.CreateCounter<long>(
            "analytics_api_answers",
            "{answer}",
            "Answers given, by question and how: hit (from memory), made, shared (made for another who asked at the same time), refreshing (an old one while the new one is made), stale (ClickHouse is away).");
        _limited = _meter.CreateCounter<long>("analytics_api_limited_requests", "{request}", "Requests refused with 429 by a limit of a key or an address, by what they were for: collect, questions, manage.");
        _streams = _meter.CreateUpDownCounter<int>("analytics_api_live_streams", "{stream}", "Open live streams.");
        _messages = _meter.CreateCounter<long>("analytics_api_live_messages", "{message}", "Messages sent on live streams.");
    }

    /// <summary>What became of the events of one request.</summary>
    public void Collected(string outcome, long events) => _events.Add(events, new KeyValuePair<string, object?>("outcome", outcome));

    /// <summary>One event was refused.</summary>
    public void Rejected(string reason) => _rejected.Add(1, new KeyValuePair<string, object?>("reason", reason));

    /// <summary>How long Kafka took.</summary>
    public void Acknowledged(TimeSpan taken) => _acknowledged.Record(taken.TotalSeconds);

    /// <summary>How long a question took.</summary>
    public void Answered(string question, string source, TimeSpan taken) =>
        _queries.Record(taken.TotalSeconds, new KeyValuePair<string, object?>("question", question), new KeyValuePair<string, object?>("source", source));

    /// <summary>An answer was given.</summary>
    public void Answer(string question, string how) => _answers.Add(1, new KeyValuePair<string, object?>("question", question), new KeyValuePair<string, object?>("how", how));

    /// <summary>A request was refused by a limit.</summary>
    public void Limited(string what) => _limited.Add(1, new KeyValuePair<string, object?>("what", what));

    /// <summary>A live stream opened (1) or ended (-1).</summary>
    public void Stream(int change) => _streams.Add(change);

    /// <summary>A message went out on a live stream.</summary>
    public void Message() => _messages.Add(1);

    public void Dispose() => _meter.Dispose();
}
