using System.ComponentModel.DataAnnotations;
using Analytics.Core.Events;

namespace Analytics.Worker.Enriching;

/// <summary>Limits of the rules that accept or reject an event. Ages are measured against the record's Kafka timestamp, never against a clock.</summary>
internal sealed class RulesOptions
{
    /// <summary>
    /// Oldest clickstream event, in days. Default 7: an offline phone is back within a week. Beyond it the event is rejected as too_old.
    /// 0: no limit, for an import of old behaviour.
    /// </summary>
    [Range(0, 36_500)]
    public int ClickstreamMaxAgeDays { get; set; } = 7;

    /// <summary>Oldest order event, in days. Default 0, no limit: a seller imports the orders of all years. Beyond it: too_old.</summary>
    [Range(0, 36_500)]
    public int OrdersMaxAgeDays { get; set; }

    /// <summary>Oldest stock level, in days. Default 0, no limit: stock history is imported with the orders. Beyond it: too_old.</summary>
    [Range(0, 36_500)]
    public int InventoryMaxAgeDays { get; set; }

    /// <summary>
    /// How far an event may lie ahead of its receipt, in minutes. Default 5: clocks that are kept by NTP differ by less.
    /// Beyond it the event counts at the time of receipt and is flagged as clamped.
    /// </summary>
    [Range(0, 1_440)]
    public int ClampAheadMinutes { get; set; } = 5;

    /// <summary>
    /// How far an event may lie ahead of its receipt at all, in hours. Default 24: a wrong time zone explains less. Beyond it: future_timestamp.
    /// </summary>
    [Range(1, 8_760)]
    public int RejectAheadHours { get; set; } = 24;

    /// <summary>Oldest age in milliseconds of a topic's events; <see cref="long.MaxValue"/> without a limit.</summary>
    public long MaxAgeOf(string topic)
    {
        var days = topic switch
        {
            Topics.Clickstream => ClickstreamMaxAgeDays,
            Topics.Orders => OrdersMaxAgeDays,
            Topics.Inventory => InventoryMaxAgeDays,
            _ => throw new ArgumentException($"Expected one of {string.Join(", ", Topics.Counted)}, found topic '{topic}': no rules are known for it.", nameof(topic)),
        };
        return days == 0 ? long.MaxValue : days * 86_400_000L;
    }
}
