using System.Text;
using Analytics.Core.Avro;
using Analytics.Core.Events;

namespace Analytics.Worker.Enriching;

/// <summary>One step of the enricher: completes one thing of every accepted record of a batch.</summary>
/// <remarks>Several threads at once, each with its own batch. A function of the record and of tables that are fixed at start.</remarks>
internal interface IEnrichment
{
    /// <summary>Completes the batch.</summary>
    void Apply(EnrichedBatch batch, ChunkMemo memo);
}

/// <summary>Country as upper-case ISO 3166-1 alpha-2, given or of the address; then the address without its host part, in place.</summary>
internal sealed class CountryAndAddress(CountryTable table) : IEnrichment
{
    /// <inheritdoc/>
    public void Apply(EnrichedBatch batch, ChunkMemo memo)
    {
        var raw = batch.Decoded.Raw;
        var columns = batch.Decoded.Columns;
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
            }

            columns.Ip.Length[row] = AddressText.WriteTruncated(address, isV4, text);
        }
    }

    private static int Normal(Words words, int given)
    {
        var text = words[given];
        return text.Length == 2 && char.IsAsciiLetter((char)text[0]) && char.IsAsciiLetter((char)text[1])
            ? words.Intern([(byte)(text[0] & ~0x20), (byte)(text[1] & ~0x20)])
            : 0;
    }
}

/// <summary>Device as desktop, mobile, tablet, tv or other, given or of the user agent; and whether the agent is a bot.</summary>
internal sealed class DeviceAndBot : IEnrichment
{
    /// <inheritdoc/>
    public void Apply(EnrichedBatch batch, ChunkMemo memo)
    {
        var columns = batch.Decoded.Columns;
        var words = batch.Decoded.Raw.Chunk.Words;
        for (var row = 0; row < batch.Decoded.Raw.Count; row++)
        {
            if (columns.Verdicts[row] != Verdict.Accepted)
            {
                continue;
            }

            var agent = columns.UserAgent.Ids[row];
            if (!memo.Agents.TryGet(agent, out var found))
            {
                var text = Encoding.UTF8.GetString(words[agent]);
                found = memo.Agents.Keep(agent, words.Intern(UserAgents.DeviceOf(text)) * 2 + (UserAgents.IsBot(text) ? 1 : 0));
            }

            batch.Bots[row] = (byte)(found & 1);
            ref var device = ref columns.Device.Ids[row];
            if (device == 0)
            {
                device = found >> 1;
            }
            else
            {
                device = memo.Devices.TryGet(device, out var known) ? known : memo.Devices.Keep(device, Normal(words, device));
            }
        }
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

/// <summary>The channel: of the page's marks, else of the campaign, else of the referrer.</summary>
internal sealed class SourceChannel : IEnrichment
{
    /// <inheritdoc/>
    public void Apply(EnrichedBatch batch, ChunkMemo memo)
    {
        var raw = batch.Decoded.Raw;
        var columns = batch.Decoded.Columns;
        for (var row = 0; row < raw.Count; row++)
        {
            if (columns.Verdicts[row] == Verdict.Accepted)
            {
                var url = columns.Url.Of(row, raw.Bytes);
                var campaign = columns.Campaign.Ids[row];
                var channel = Referrers.OfMarks(url)
                    ?? (campaign != 0 ? Referrers.OfCampaign(raw.Chunk.Words[campaign]) : OfReferrer(columns.Referrer.Of(row, raw.Bytes), url, memo.Hosts));
                batch.Sources[row] = memo.Channels[(int)channel];
            }
        }
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
    public void Apply(EnrichedBatch batch, ChunkMemo memo)
    {
        var columns = batch.Decoded.Columns;
        var words = batch.Decoded.Raw.Chunk.Words;
        for (var row = 0; row < batch.Decoded.Raw.Count; row++)
        {
            ref var currency = ref columns.Currency.Ids[row];
            if (currency != 0 && columns.Verdicts[row] == Verdict.Accepted)
            {
                currency = memo.Currencies.TryGet(currency, out var known) ? known : memo.Currencies.Keep(currency, Upper(words, currency));
            }
        }
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
    public void Apply(EnrichedBatch batch, ChunkMemo memo)
    {
        var raw = batch.Decoded.Raw;
        var columns = batch.Decoded.Columns;
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
        }
    }

    private static ulong NotZero(ulong hash) => hash == 0 ? 1 : hash;
}
