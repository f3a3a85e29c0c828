namespace Analytics.Benchmarks.Workloads;

/// <summary>Traffic as shops have it: tenants by Zipf's law, users who come back, a home country, phones before desktops, mostly page views.</summary>
/// <param name="start">Unix milliseconds of the first event.</param>
/// <param name="span">Milliseconds over which the events happen.</param>
/// <param name="count">Number of events; a tenant has one user for 15 of its own.</param>
/// <param name="seed">Everything follows from it.</param>
internal sealed class LiveTraffic(long start, long span, int count, int seed) : ITraffic
{
    private const int EventsPerUser = 15;
    private static readonly string[] Names = ["page_view", "product_view", "click", "search", "add_to_cart", "checkout_start", "scroll", "login"];
    private static readonly string[] Countries = ["US", "DE", "GB", "FR", "NL", "CH", "AT", "IT", "ES", "PL", "SE", "JP"];
    private static readonly string[] Devices = ["mobile", "desktop", "tablet"];
    private static readonly Odds NameOdds = new(50, 22, 10, 7, 5, 2, 2, 2);
    private static readonly Odds DeviceOdds = new(58, 36, 6);
    private static readonly Odds CountryOdds = Odds.Zipf(Countries.Length);
    private static readonly Odds TenantOdds = Odds.Zipf(Clickstream.Tenants);
    private static readonly Odds ProductOdds = Odds.Zipf(300);
    private readonly Random _random = new(seed);

    /// <inheritdoc/>
    public Click Next(int i, int of)
    {
        var tenant = 1 + TenantOdds.Draw(_random.NextDouble());
        var users = Math.Max(8, (int)(count * TenantOdds.ShareOf(tenant - 1) / EventsPerUser));
        var uniform = _random.NextDouble();
        var user = (int)(uniform * uniform * users);
        var trait = Spread(tenant, user);
        var name = Names[NameOdds.Draw(_random.NextDouble())];
        var product = $"P-{1 + ProductOdds.Draw(_random.NextDouble())}";
        var isAboutProduct = name is "product_view" or "add_to_cart";
        return new Click
        {
            Tenant = tenant,
            Name = name,
            User = user,

            // The second half of the time is another visit for two users in five.
            Session = (int)(trait % 100_000_000) * 2 + (i > of / 2 && trait % 5 < 2 ? 1 : 0),
            Time = start + (long)i * (span - 1) / of - Lateness(i),
            Country = Countries[CountryOf(tenant, trait)],
            Device = Devices[DeviceOdds.Draw((trait >> 16 & 0xFFFF) / 65_536.0)],
            Url = isAboutProduct ? $"/p/{product}" : name is "checkout_start" ? "/cart" : $"/c/{trait % 40}",
            Product = isAboutProduct ? product : null,
        };
    }

    // Most arrive within a second of each other; one in a hundred up to 20 s late. Nothing lies before the start.
    private long Lateness(int i)
    {
        var late = _random.Next(100) == 0 ? _random.Next(20_000) : -Math.Log(1 - _random.NextDouble()) * 400;
        return (long)Math.Min(late, (double)i * span / count);
    }

    // Seven of ten users are at their shop's home.
    private static int CountryOf(int tenant, ulong trait) =>
        (trait & 0xFF) < 179 ? tenant % 7 : CountryOdds.Draw((trait >> 40 & 0xFFFF) / 65_536.0);

    // What is fixed for a user: SplitMix64 of tenant and number.
    private static ulong Spread(int tenant, int user)
    {
        var mixed = (ulong)tenant * 0x9E37_79B9_7F4A_7C15 + (ulong)user * 0xD1B5_4A32_D192_ED03;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58_476D_1CE4_E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D0_49BB_1331_11EB;
        return mixed ^ (mixed >> 31);
    }
}
