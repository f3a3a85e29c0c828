using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using System.Globalization;

namespace Analytics.Benchmarks.Harness;

/// <summary>Tells which types are allocated, by the runtime's own samples: one for every 100 KB.</summary>
/// <remarks>Costs time and allocates itself, so it never watches while something is measured.</remarks>
internal sealed class AllocationWatch : EventListener
{
    private const EventKeywords Allocations = (EventKeywords)1;
    private readonly ConcurrentDictionary<string, long> _bytes = new(StringComparer.Ordinal);

    /// <summary>The types with most bytes, one line each.</summary>
    public IEnumerable<string> Top(int count, double items) => _bytes.ToArray().OrderByDescending(type => type.Value).Take(count)
        .Select(type => string.Create(CultureInfo.InvariantCulture, $"{type.Value / items:0.00} B an event: {type.Key}"));

    /// <inheritdoc/>
    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == "Microsoft-Windows-DotNETRuntime")
        {
            EnableEvents(eventSource, EventLevel.Verbose, Allocations);
        }
    }

    /// <inheritdoc/>
    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventName?.StartsWith("GCAllocationTick", StringComparison.Ordinal) == true)
        {
            var size = Convert.ToInt64(eventData.Payload![eventData.PayloadNames!.IndexOf("AllocationAmount64")], CultureInfo.InvariantCulture);
            _bytes.AddOrUpdate((string)eventData.Payload[eventData.PayloadNames.IndexOf("TypeName")]!, size, (_, before) => before + size);
        }
    }
}
