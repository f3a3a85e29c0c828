namespace Analytics.Worker.Enriching;

/// <summary>The device class of a user agent.</summary>
/// <remarks>Called once for each distinct user agent of a chunk.</remarks>
internal static class UserAgents
{
    private static readonly string[] TvWords = ["smart-tv", "smarttv", "smart tv", "appletv", "apple tv", "googletv", "google tv", "hbbtv", "roku", "bravia", "crkey", "aft", "web0s", "netcast"];
    private static readonly string[] TabletWords = ["ipad", "tablet", "kindle", "silk/", "playbook", "nexus 7", "nexus 10"];
    private static readonly string[] MobileWords = ["iphone", "ipod", "windows phone", "blackberry", "opera mini", "mobile"];
    private static readonly string[] DesktopWords = ["windows nt", "macintosh", "x11", "cros ", "linux"];

    /// <summary>desktop, mobile, tablet, tv, other; empty for an empty agent.</summary>
    public static ReadOnlySpan<byte> DeviceOf(string agent)
    {
        if (agent.Length == 0)
        {
            return default;
        }

        if (HasAny(agent, TvWords))
        {
            return "tv"u8;
        }

        // Android calls phones "Mobile" and tablets nothing.
        var isAndroid = agent.Contains("android", StringComparison.OrdinalIgnoreCase);
        if (HasAny(agent, TabletWords) || (isAndroid && !HasAny(agent, MobileWords)))
        {
            return "tablet"u8;
        }

        return isAndroid || HasAny(agent, MobileWords) ? "mobile"u8 : HasAny(agent, DesktopWords) ? "desktop"u8 : "other"u8;
    }

    private static bool HasAny(string agent, string[] words) => Array.Exists(words, word => agent.Contains(word, StringComparison.OrdinalIgnoreCase));
}
