namespace Analytics.Core.Events;

/// <summary>How large the parts of an event may be: the collector refuses more at once, the worker rejects it.</summary>
public static class EventLimits
{
    /// <summary>Bytes of a name, order id or product id.</summary>
    public const int NameBytes = 128;

    /// <summary>Bytes of a user, session, country, device or campaign.</summary>
    public const int TextBytes = 256;

    /// <summary>Bytes of an IP address: the longest written form of IPv6 with a zone.</summary>
    public const int IpBytes = 64;

    /// <summary>Bytes of a URL, referrer, user agent or title.</summary>
    public const int LongTextBytes = 2_048;

    /// <summary>Properties of an event.</summary>
    public const int Properties = 64;

    /// <summary>Lines of an order.</summary>
    public const int Lines = 1_000;

    /// <summary>Largest amount of one event, minor units: the sum of a chunk of 1,048,576 such events still fits into 63 bits.</summary>
    public const long Amount = 5_000_000_000_000;

    /// <summary>1971-01-01: before it a clock was never set.</summary>
    public static readonly DateTimeOffset Earliest = new(1971, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>2106-01-01: the stores keep minutes in 32-bit seconds, which end in February of that year.</summary>
    public static readonly DateTimeOffset Latest = new(2106, 1, 1, 0, 0, 0, TimeSpan.Zero);
}
