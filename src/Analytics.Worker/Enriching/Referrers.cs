using System.Buffers.Text;
using System.Text.Unicode;

namespace Analytics.Worker.Enriching;

/// <summary>The channel that a visit came by: of its landing page's marks, its campaign, its referrer.</summary>
internal static class Referrers
{
    // First label of the site's name: "google" stands for google.com, www.google.co.uk and so on.
    private static readonly byte[][] SearchSites =
    [
        [.. "google."u8], [.. "bing."u8], [.. "duckduckgo."u8], [.. "yahoo."u8], [.. "baidu."u8], [.. "yandex."u8], [.. "ecosia."u8], [.. "naver."u8],
        [.. "qwant."u8], [.. "startpage."u8], [.. "search.brave."u8], [.. "seznam."u8], [.. "sogou."u8],
    ];

    private static readonly byte[][] SocialSites =
    [
        [.. "facebook."u8], [.. "instagram."u8], [.. "twitter."u8], [.. "x.com"u8], [.. "t.co"u8], [.. "linkedin."u8], [.. "lnkd.in"u8], [.. "pinterest."u8],
        [.. "tiktok."u8], [.. "youtube."u8], [.. "youtu.be"u8], [.. "reddit."u8], [.. "whatsapp."u8], [.. "telegram."u8], [.. "t.me"u8], [.. "vk.com"u8],
        [.. "snapchat."u8], [.. "threads.net"u8], [.. "bsky.app"u8], [.. "mastodon."u8], [.. "news.ycombinator."u8],
    ];

    private static readonly byte[][] MailSites = [[.. "mail."u8], [.. "webmail."u8], [.. "outlook."u8]];

    /// <summary>The part of a URL that may carry marks: from its question mark on; empty when there is none.</summary>
    public static ReadOnlySpan<byte> MarksOf(ReadOnlySpan<byte> url) => url.IndexOf((byte)'?') is >= 0 and var query ? url[query..] : default;

    /// <summary>What the marks of a landing page's URL say (utm_medium, click ids); null when they say nothing.</summary>
    public static Channel? OfMarks(ReadOnlySpan<byte> marks)
    {
        if (marks.IsEmpty)
        {
            return null;
        }

        var medium = ValueOf("utm_medium="u8, marks);
        if (!medium.IsEmpty)
        {
            return OfMedium(medium);
        }

        return ValueOf("gclid="u8, marks).IsEmpty && ValueOf("msclkid="u8, marks).IsEmpty ? null : Channel.Paid;
    }

    /// <summary>The campaign that the marks of a landing page's URL name (utm_campaign), decoded; empty when they name none, or one that has no room.</summary>
    /// <param name="marks">From <see cref="MarksOf"/>.</param>
    /// <param name="room">Receives the text.</param>
    public static ReadOnlySpan<byte> CampaignOf(ReadOnlySpan<byte> marks, Span<byte> room)
    {
        var text = ValueOf("utm_campaign="u8, marks);
        var length = 0;
        for (var at = 0; at < text.Length; at++)
        {
            if (length == room.Length)
            {
                return default;
            }

            var letter = text[at];
            if (letter == '%' && at + 2 < text.Length && Utf8Parser.TryParse(text.Slice(at + 1, 2), out byte decoded, out var used, 'x') && used == 2)
            {
                (letter, at) = (decoded, at + 2);
            }

            room[length++] = letter == '+' && text[at] == '+' ? (byte)' ' : letter;
        }

        return Utf8.IsValid(room[..length]) ? room[..length] : default;
    }

    /// <summary>The channel of a campaign's name.</summary>
    public static Channel OfCampaign(ReadOnlySpan<byte> campaign) =>
        campaign.IndexOf("mail"u8) >= 0 || campaign.IndexOf("newsletter"u8) >= 0 ? Channel.Email : Channel.Paid;

    /// <summary>The host of a URL; empty when it has none. Lower case is not enforced: browsers send it so.</summary>
    public static ReadOnlySpan<byte> HostOf(ReadOnlySpan<byte> url)
    {
        var scheme = url.IndexOf("://"u8);
        if (scheme < 0)
        {
            return default;
        }

        url = url[(scheme + 3)..];
        var end = url.IndexOfAny("/?#"u8);
        url = end < 0 ? url : url[..end];
        url = url[(url.LastIndexOf((byte)'@') + 1)..];
        var port = url.LastIndexOf((byte)':');
        url = port < 0 ? url : url[..port];
        return url.StartsWith("www."u8) ? url[4..] : url;
    }

    /// <summary>The channel of a referring host that is not the site's own.</summary>
    public static Channel OfHost(ReadOnlySpan<byte> host)
    {
        if (HasAny(host, MailSites))
        {
            return Channel.Email;
        }

        return HasAny(host, SearchSites) ? Channel.Search : HasAny(host, SocialSites) ? Channel.Social : Channel.Referral;
    }

    // Of the first parameter of this name: "?x=1&name=value&y=2#place".
    private static ReadOnlySpan<byte> ValueOf(ReadOnlySpan<byte> name, ReadOnlySpan<byte> marks)
    {
        while (marks.IndexOf(name) is > 0 and var at)
        {
            var isWhole = marks[at - 1] is (byte)'?' or (byte)'&';
            marks = marks[(at + name.Length)..];
            if (isWhole)
            {
                return marks.IndexOfAny((byte)'&', (byte)'#') is >= 0 and var end ? marks[..end] : marks;
            }
        }

        return default;
    }

    private static Channel? OfMedium(ReadOnlySpan<byte> medium)
    {
        if (medium.SequenceEqual("cpc"u8) || medium.SequenceEqual("ppc"u8) || medium.StartsWith("paid"u8) || medium.SequenceEqual("display"u8)
            || medium.SequenceEqual("affiliate"u8) || medium.SequenceEqual("cpm"u8))
        {
            return Channel.Paid;
        }

        if (medium.SequenceEqual("email"u8) || medium.SequenceEqual("newsletter"u8))
        {
            return Channel.Email;
        }

        if (medium.StartsWith("social"u8))
        {
            return Channel.Social;
        }

        return medium.SequenceEqual("organic"u8) ? Channel.Search : medium.SequenceEqual("referral"u8) ? Channel.Referral : null;
    }

    private static bool HasAny(ReadOnlySpan<byte> host, byte[][] sites)
    {
        foreach (var site in sites)
        {
            var at = host.IndexOf(site);
            if (at == 0 || (at > 0 && host[at - 1] == '.'))
            {
                // A site given in full ("t.co") must also end there: t.co is not t.company.org.
                if (site[^1] == '.' || at + site.Length == host.Length)
                {
                    return true;
                }
            }
        }

        return false;
    }
}
