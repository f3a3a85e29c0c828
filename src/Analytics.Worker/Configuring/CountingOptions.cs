using System.ComponentModel.DataAnnotations;

namespace Analytics.Worker.Configuring;

/// <summary>What is counted, flagged, sampled and folded together. Section <c>Counting</c>, or <c>counting</c> of a config version, which then holds from its activation on.</summary>
/// <remarks>Every number here changes rows, so it belongs to the version that a chunk is counted by: two workers with different numbers would write different rows.</remarks>
internal sealed class CountingOptions
{
    /// <summary>
    /// Events of one user in one event-minute of one chunk that count as a person's. Default 600: ten a second, more than hands can do. Beyond it
    /// events are flagged as a bot's by the rule "rate", not dropped.
    /// </summary>
    [Range(1, 4_000)]
    public int UserEventsPerMinute { get; set; } = 600;

    /// <summary>
    /// Beginnings of the names of clickstream events that are sampled, parted by commas. Default debug_: what developers send in masses and nobody
    /// bills. Empty: nothing is sampled. Names that figures are about are never sampled.
    /// </summary>
    public string DebugNames { get; set; } = "debug_";

    /// <summary>Of debug events one user in so many is kept, all of the user's or none. Default 10: rates stay within a few percent. The rest is filtered. 1: all are kept.</summary>
    [Range(1, 1_000_000)]
    public int DebugOneIn { get; set; } = 10;

    /// <summary>
    /// Distinct event names of a tenant in a chunk. Default 1,000: no product's plan of events is longer. Those that come later count as __other__.
    /// Names that figures are about take no place.
    /// </summary>
    [Range(1, 1_000_000)]
    public int NamesPerTenant { get; set; } = 1_000;

    /// <summary>Distinct countries of a tenant's event name in a chunk. Default 300: there are 249. Those that come later count as __other__.</summary>
    [Range(1, 100_000)]
    public int CountriesPerName { get; set; } = 300;

    /// <summary>Distinct currencies of a tenant's event name in a chunk. Default 200: there are about 180. Those that come later count as __other__.</summary>
    [Range(1, 100_000)]
    public int CurrenciesPerName { get; set; } = 200;

    /// <summary>Distinct products of a tenant's event name in a chunk. Default 10,000: a large catalogue's visited part. Those that come later count as __other__.</summary>
    [Range(1, 10_000_000)]
    public int ProductsPerName { get; set; } = 10_000;

    /// <summary>
    /// Names of events that make a session an engaged one, parted by commas. Default order_placed, checkout_start, sign_up: what a visit is for.
    /// Empty: only time and pages count.
    /// </summary>
    public string KeyEvents { get; set; } = "order_placed,checkout_start,sign_up";
}
