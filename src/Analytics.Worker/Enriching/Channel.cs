namespace Analytics.Worker.Enriching;

/// <summary>Where a visitor came from.</summary>
internal enum Channel : byte
{
    /// <summary>No referrer.</summary>
    Direct,

    /// <summary>An unpaid result of a search engine.</summary>
    Search,

    /// <summary>A social network.</summary>
    Social,

    /// <summary>A mail or a newsletter.</summary>
    Email,

    /// <summary>An advertisement or another campaign.</summary>
    Paid,

    /// <summary>Another site.</summary>
    Referral,

    /// <summary>The same site.</summary>
    Internal,
}

/// <summary>The names of channels.</summary>
internal static class Channels
{
    /// <summary>The channel as it is stored.</summary>
    public static ReadOnlySpan<byte> Text(this Channel channel) => channel switch
    {
        Channel.Direct => "direct"u8,
        Channel.Search => "search"u8,
        Channel.Social => "social"u8,
        Channel.Email => "email"u8,
        Channel.Paid => "paid"u8,
        Channel.Referral => "referral"u8,
        Channel.Internal => "internal"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(channel)),
    };
}
