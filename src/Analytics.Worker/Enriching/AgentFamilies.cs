namespace Analytics.Worker.Enriching;

/// <summary>The browser and the operating system that a user agent names, as families without versions.</summary>
/// <remarks>
/// Two ordered lists, of which the first word that is contained decides: browsers name those that they are made from (Edge names Chrome, Chrome names Safari),
/// so the narrower name stands first. Called once for each distinct user agent of a chunk. A family's name is stored and must not change.
/// </remarks>
internal static class AgentFamilies
{
    private const string Other = "other";

    private static readonly (string Word, string Family)[] BrowserRules =
    [
        // Apps with a browser inside name themselves beside it.
        ("FBAN/", "Facebook"), ("FBAV/", "Facebook"), ("FB_IAB/", "Facebook"), ("Instagram ", "Instagram"), ("musical_ly", "TikTok"), ("BytedanceWebview", "TikTok"),
        ("TikTok", "TikTok"), ("Snapchat", "Snapchat"), ("Pinterest/", "Pinterest"), ("LinkedInApp", "LinkedIn"), ("MicroMessenger/", "WeChat"), (" Line/", "Line"),
        ("GSA/", "Google App"), ("Electron/", "Electron"),

        // Browsers made from Chromium.
        ("Edg/", "Edge"), ("EdgA/", "Edge"), ("EdgiOS/", "Edge"), ("Edge/", "Edge"), ("OPR/", "Opera"), ("OPX/", "Opera"), ("OPT/", "Opera"), ("OPiOS/", "Opera"),
        ("Opera", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("YaBrowser/", "Yandex Browser"), ("Vivaldi/", "Vivaldi"), ("Brave/", "Brave"),
        ("DuckDuckGo/", "DuckDuckGo"), ("Ddg/", "DuckDuckGo"), ("UCBrowser/", "UC Browser"), ("MiuiBrowser/", "MIUI Browser"), ("HuaweiBrowser/", "Huawei Browser"),
        ("HeyTapBrowser/", "HeyTap Browser"), ("VivoBrowser/", "Vivo Browser"), ("Whale/", "Whale"), ("QQBrowser/", "QQ Browser"), ("coc_coc_browser/", "Coc Coc"),
        ("Silk/", "Silk"), ("Puffin/", "Puffin"), ("Iron/", "Iron"),

        // Firefox and its kin.
        ("Focus/", "Firefox Focus"), ("Klar/", "Firefox Focus"), ("SeaMonkey/", "SeaMonkey"), ("PaleMoon/", "Pale Moon"), ("FxiOS/", "Firefox"), ("Firefox/", "Firefox"),

        ("MSIE ", "Internet Explorer"), ("Trident/", "Internet Explorer"), ("CriOS/", "Chrome"), ("HeadlessChrome/", "Chrome"), ("Chromium/", "Chromium"),
        ("; wv)", "Android WebView"), ("Chrome/", "Chrome"), ("Konqueror/", "Konqueror"), ("Epiphany/", "Epiphany"),
    ];

    private static readonly (string Word, string Family)[] SystemRules =
    [
        // These name a wider family beside their own.
        ("Windows Phone", "Windows Phone"), ("Xbox", "Xbox"), ("PlayStation", "PlayStation"), ("Nintendo", "Nintendo"), ("Tizen", "Tizen"), ("Web0S", "webOS"),
        ("webOS", "webOS"), ("Roku", "Roku"), ("KAIOS", "KaiOS"), ("OpenHarmony", "HarmonyOS"), ("HarmonyOS", "HarmonyOS"), ("CrOS", "ChromeOS"), ("Fuchsia", "Fuchsia"),
        ("Apple TV", "tvOS"), ("AppleTV", "tvOS"), ("tvOS", "tvOS"), ("Watch OS", "watchOS"), ("watchOS", "watchOS"),

        ("Android", "Android"), ("iPhone", "iOS"), ("iPad", "iOS"), ("iPod", "iOS"), ("iOS", "iOS"), ("Windows", "Windows"), ("Macintosh", "macOS"), ("Mac OS X", "macOS"),
        ("FreeBSD", "BSD"), ("OpenBSD", "BSD"), ("NetBSD", "BSD"), ("Linux", "Linux"), ("X11", "Linux"),
    ];

    /// <summary>The browser's family; "other" for an agent that names none, empty for an empty one.</summary>
    public static string BrowserOf(string agent)
    {
        if (agent.Length == 0)
        {
            return "";
        }

        if (FirstOf(agent, BrowserRules) is { } family)
        {
            return family;
        }

        // Safari gives its version by another word, which the old browser of Android did as well.
        var isAndroid = agent.Contains("Android", StringComparison.Ordinal);
        return agent.Contains("Version/", StringComparison.Ordinal) && agent.Contains("Safari/", StringComparison.Ordinal) ? (isAndroid ? "Android Browser" : "Safari")
            : !isAndroid && agent.Contains("AppleWebKit/", StringComparison.Ordinal) && FirstOf(agent, SystemRules) is "iOS" ? "iOS WebView"
            : Other;
    }

    /// <summary>The family of the operating system; "other" for an agent that names none, empty for an empty one.</summary>
    public static string SystemOf(string agent) => agent.Length == 0 ? "" : FirstOf(agent, SystemRules) ?? Other;

    private static string? FirstOf(string agent, (string Word, string Family)[] rules)
    {
        foreach (var (word, family) in rules)
        {
            if (agent.Contains(word, StringComparison.Ordinal))
            {
                return family;
            }
        }

        return null;
    }
}
