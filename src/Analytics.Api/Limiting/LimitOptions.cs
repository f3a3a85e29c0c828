using System.Net;

namespace Analytics.Api.Limiting;

/// <summary>
/// Settings of how many requests are served. Section <c>Limits</c>. Each is a bucket that fills by so many a second and holds so many; beyond it: 429 with Retry-After.
/// They are kept in each process, so a caller gets them once from each.
/// </summary>
public sealed class LimitOptions
{
    /// <summary>False serves all that comes. Default true; the one-machine stack, which has one user, says false.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Requests of events a second from one write key. Default 1,000: the key stands in a page, so all visitors of a shop share it; a server sends 1,000 events in one request.</summary>
    public int CollectPerKey { get; set; } = 1_000;

    /// <summary>Requests of events that one write key may save up. Default 10,000: ten seconds of a shop that was just named on television.</summary>
    public int CollectPerKeyBurst { get; set; } = 10_000;

    /// <summary>Requests of events a second from one address. Default 100: an office of hundreds behind one address sends some ten; one client that sends each event alone is told to send batches.</summary>
    public int CollectPerIp { get; set; } = 100;

    /// <summary>Requests of events that one address may save up. Default 1,000, ten seconds' worth.</summary>
    public int CollectPerIpBurst { get; set; } = 1_000;

    /// <summary>Questions a second from one key. Default 50: a page of twelve tiles, refreshed every half minute for a hundred viewers, asks 40.</summary>
    public int QuestionsPerKey { get; set; } = 50;

    /// <summary>Questions that one key may save up. Default 500: forty pages opened in the same moment.</summary>
    public int QuestionsPerKeyBurst { get; set; } = 500;

    /// <summary>Questions a second from one address. Default 50, as from one key: an office's dashboards.</summary>
    public int QuestionsPerIp { get; set; } = 50;

    /// <summary>Questions that one address may save up. Default 500, as one key.</summary>
    public int QuestionsPerIpBurst { get; set; } = 500;

    /// <summary>Requests about keys, users, sessions and the audit log a second from one address, and from one key. Default 5: people do these by hand.</summary>
    public int ManagePerCaller { get; set; } = 5;

    /// <summary>Such requests that one address, and one key, may save up. Default 50: a script that makes a key for every shop of a region.</summary>
    public int ManagePerCallerBurst { get; set; } = 50;

    /// <summary>
    /// Addresses or networks (10.0.0.0/8) of the proxies before the API, separated by commas, whose X-Forwarded-For is believed. Default none: believing it from
    /// anyone lets everyone choose an address. Without it all who come through a proxy share the proxy's budget.
    /// </summary>
    public string Proxies { get; set; } = "";

    /// <summary>The networks of <see cref="Proxies"/>.</summary>
    public IEnumerable<IPNetwork> ProxyNetworks() => Proxies
        .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        .Select(text => IPNetwork.TryParse(text, out var network) ? network
            : IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
            : throw new InvalidOperationException($"Limits__Proxies names '{text}': expected an address or a network, such as 10.0.0.0/8."));

    /// <summary>Checks the numbers.</summary>
    /// <exception cref="InvalidOperationException">Lists every one that cannot be.</exception>
    public void Validate()
    {
        (string Name, int Value)[] numbers =
        [
            (nameof(CollectPerKey), CollectPerKey), (nameof(CollectPerKeyBurst), CollectPerKeyBurst), (nameof(CollectPerIp), CollectPerIp),
            (nameof(CollectPerIpBurst), CollectPerIpBurst), (nameof(QuestionsPerKey), QuestionsPerKey), (nameof(QuestionsPerKeyBurst), QuestionsPerKeyBurst),
            (nameof(QuestionsPerIp), QuestionsPerIp), (nameof(QuestionsPerIpBurst), QuestionsPerIpBurst), (nameof(ManagePerCaller), ManagePerCaller),
            (nameof(ManagePerCallerBurst), ManagePerCallerBurst),
        ];
        var faults = numbers.Where(number => number.Value < 1).Select(number => $"Limits__{number.Name} is {number.Value}: expected 1 or more.").ToList();
        if (faults.Count > 0)
        {
            throw new InvalidOperationException(string.Join(" ", faults));
        }

        _ = ProxyNetworks().Count();
    }
}
