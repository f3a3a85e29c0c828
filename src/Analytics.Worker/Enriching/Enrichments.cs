using System.Text;
using Analytics.Core.Avro;
using Analytics.Core.Events;

namespace Analytics.Worker.Enriching;

/// <summary>One step of the enricher: completes one thing of every accepted record of a batch.</summary>
/// <remarks>Several threads at once, each with its own batch. A function of the record and of tables that are fixed at start.</remarks>
internal interface IEnrichment
{
    /// <summary>Labels its metrics.</summary>
    string Name { get; }

    /// <summary>Completes the batch; says how many records got something that they did not come with.</summary>
    int Apply(EnrichedBatch batch, ChunkMemo memo);
}

/// <summary>Country as upper-case ISO 3166-1 alpha-2, given or of the address; then the address without its host part, in place.</summary>
internal sealed class CountryAndAddress(CountryTable table) : IEnrichment
{
    /// <inheritdoc/>
    public string Name => "country";

    /// <inheritdoc/>
    public int Apply(EnrichedBatch batch, ChunkMemo memo)
    {
        var raw = batch.Decoded.Raw;
        var columns = batch.Decoded.Columns;
        var set = 0;
        for (var row = 0; row < raw.Count; row++)
        {
            if (columns.Verdicts[row] != Verdict.Accepted)
            {
                continue;
            }

            ref var country = ref columns.Country.Ids[row];
            if (country != 0)
            {
                country = memo.Countries.TryGet(country, out var known) ? known : memo.Countries.Keep(country, Normal(raw.Chunk.Words, country));
            }

            var length = columns.Ip.Length[row];
            if (length <= 0)
            {
                continue;
            }

            var text = raw.Bytes.AsSpan(columns.Ip.Start[row], length);
            if (!AddressText.TryParse(text, out var address, out var isV4))
            {
                columns.Ip.Length[row] = 0;
                continue;
            }

            if (country == 0 && table.Find(address, isV4) is not 0 and var code)
            {
                country = memo.WordOf(code);
                set++;
            }

            columns.Ip.Length[row] = AddressText.WriteTruncated(address, isV4, text);
        }

        return set;
    }

    private static int Normal(Words words, int given)
    {
        var text = words[given];
        return text.Length == 2 && char.IsAsciiLetter((char)text[0]) && char.IsAsciiLetter((char)text[1])
            ? words.Intern([(byte)(text[0] & ~0x20), (byte)(text[1] & ~0x20)])
            : 0;
    }
}

/// <summary>Device as desktop, mobile, tablet, tv or other, given or of the user agent; its browser and system; and whether it is a bot, by which rule.</summary>
internal sealed class AgentAndBot(BotTable bots) : IEnrichment
{
    /// <inheritdoc/>
    public string Name => "agent";

    /// <inheritdoc/>
    public int Apply(EnrichedBatch batch, ChunkMemo memo)
    {
        var columns = batch.Decoded.Columns;
        var words = batch.Decoded.Raw.Chunk.Words;
        var found = 0;
        for (var row = 0; row < batch.Decoded.Raw.Count; row++)
        {
            if (columns.Verdicts[row] != Verdict.Accepted)
            {
                continue;
            }

            var agent = columns.UserAgent.Ids[row];
            var facts = memo.Agents.Of(agent) ?? memo.Agents.Keep(agent, FactsOf(words, agent));
            (batch.Browsers[row], batch.Systems[row], batch.BotRules[row]) = (facts.Browser, facts.System, facts.BotRule);
            var isBot = facts.BotRule != 0;
            batch.Bots[row] = isBot ? (byte)1 : (byte)0;
            found += isBot ? 1 : 0;
            ref var device = ref columns.Device.Ids[row];
            if (device == 0)
            {
                device = facts.Device;
            }
            else
            {
                device = memo.Devices.TryGet(device, out var known) ? known : memo.Devices.Keep(device, Normal(words, device));
            }
        }

        return found;
    }

    private AgentFacts FactsOf(Words words, int agent)
    {
        var text = Encoding.UTF8.GetString(words[agent]);
        int Word(string family) => words.Intern(Encoding.UTF8.GetBytes(family));
        return new AgentFacts(
            words.Intern(UserAgents.DeviceOf(text)), Word(AgentFamilies.BrowserOf(text)), Word(AgentFamilies.SystemOf(text)), Word(bots.Find(text) ?? ""));
    }

    private static int Normal(Words words, int given) => Encoding.UTF8.GetString(words[given]).ToLowerInvariant() switch
    {
        "desktop" or "laptop" or "pc" => words.Intern("desktop"u8),
        "mobile" or "phone" or "smartphone" => words.Intern("mobile"u8),
        "tablet" => words.Intern("tablet"u8),
        "tv" or "smarttv" or "smart_tv" => words.Intern("tv"u8),
        _ => words.Intern("other"u8),
    };
}

/// <summary>The campaign, given or of the page's marks; and the channel: of the page's marks, else of the campaign, else of the referrer.</summary>
internal sealed class SourceAndCampaign : IEnrichment
{
    /// <inheritdoc/>
    public string Name => "source";

    /// <inheritdoc/>
    public int Apply(EnrichedBatch batch, ChunkMemo memo)
    {
        var raw = batch.Decoded.Raw;
        var columns = batch.Decoded.Columns;
        var words = raw.Chunk.Words;
        Span<byte> room = stackalloc byte[EventLimits.TextBytes];
        var set = 0;
        for (var row = 0; row < raw.Count; row++)
        {
            if (columns.Verdicts[row] != Verdict.Accepted)
            {
                continue;
            }

            var url = columns.Url.Of(row, raw.Bytes);
            var marks = Referrers.MarksOf(url);
            ref var campaign = ref columns.Campaign.Ids[row];
            if (campaign == 0 && !marks.IsEmpty)
            {
                campaign = words.Intern(Referrers.CampaignOf(marks, room));
                set += campaign != 0 ? 1 : 0;
            }

            var channel = Referrers.OfMarks(marks)
                ?? (campaign != 0 ? Referrers.OfCampaign(words[campaign]) : OfReferrer(columns.Referrer.Of(row, raw.Bytes), url, memo.Hosts));
            batch.Sources[row] = memo.Channels[(int)channel];
        }

        return set;
    }

    private static Channel OfReferrer(ReadOnlySpan<byte> referrer, ReadOnlySpan<byte> url, HostMemo hosts)
    {
        if (referrer.IsEmpty)
        {
            return Channel.Direct;
        }

        var host = Referrers.HostOf(referrer);
        if (!host.IsEmpty && host.SequenceEqual(Referrers.HostOf(url)))
        {
            return Channel.Internal;
        }

        var hash = Hash64.Of(host);
        if (!hosts.TryGet(hash, out var channel))
        {
            channel = Referrers.OfHost(host);
            hosts.Keep(hash, channel);
        }

        return channel;
    }
}

/// <summary>The currency in upper case.</summary>
internal sealed class CurrencyCase : IEnrichment
{
    /// <inheritdoc/>
    public string Name => "currency";

    /// <inheritdoc/>
    public int Apply(EnrichedBatch batch, ChunkMemo memo)
    {
        var columns = batch.Decoded.Columns;
        var words = batch.Decoded.Raw.Chunk.Words;
        var set = 0;

        // Most batches have no currency at all, and those that have it nearly everywhere.
        var first = columns.Currency.Ids.AsSpan(0, batch.Decoded.Raw.Count).IndexOfAnyExcept(0);
        for (var row = first < 0 ? batch.Decoded.Raw.Count : first; row < batch.Decoded.Raw.Count; row++)
        {
            ref var currency = ref columns.Currency.Ids[row];
            if (currency != 0 && columns.Verdicts[row] == Verdict.Accepted)
            {
                var given = currency;
                currency = memo.Currencies.TryGet(given, out var known) ? known : memo.Currencies.Keep(given, Upper(words, given));
                set += currency != given ? 1 : 0;
            }
        }

        return set;
    }

    private static int Upper(Words words, int given)
    {
        var text = words[given];
        return words.Intern([(byte)(text[0] & ~0x20), (byte)(text[1] & ~0x20), (byte)(text[2] & ~0x20)]);
    }
}

/// <summary>Hashes that stand for users and sessions in sketches; 0 where absent.</summary>
internal sealed class UserAndSession : IEnrichment
{
    /// <inheritdoc/>
    public string Name => "identity";

    /// <inheritdoc/>
    public int Apply(EnrichedBatch batch, ChunkMemo memo)
    {
        var raw = batch.Decoded.Raw;
        var columns = batch.Decoded.Columns;
        var known = 0;
        for (var row = 0; row < raw.Count; row++)
        {
            if (columns.Verdicts[row] != Verdict.Accepted)
            {
                continue;
            }

            var user = columns.User.Of(row, raw.Bytes);
            var session = columns.Session.Of(row, raw.Bytes);
            var hash = Hash64.Of(user);
            batch.UserHashes[row] = user.IsEmpty ? 0 : NotZero(hash);
            batch.SessionHashes[row] = session.IsEmpty ? 0 : NotZero(Hash64.Mix(Hash64.Join(hash, Hash64.Of(session))));
            known += user.IsEmpty ? 0 : 1;
        }

        return known;
    }

    private static ulong NotZero(ulong hash) => hash == 0 ? 1 : hash;
}
