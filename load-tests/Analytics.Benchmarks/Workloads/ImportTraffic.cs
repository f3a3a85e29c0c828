namespace Analytics.Benchmarks.Workloads;

/// <summary>The hardest traffic for whoever groups: tenants skewed, but users, countries, devices and minutes even, an hour at once.</summary>
/// <param name="start">Unix milliseconds of the first event.</param>
/// <param name="span">Milliseconds over which the events happen.</param>
/// <param name="seed">Everything follows from it.</param>
internal sealed class ImportTraffic(long start, long span, int seed) : ITraffic
{
    private static readonly string[] Names = ["page_view", "product_view", "click", "search", "add_to_cart", "checkout_start", "scroll", "login"];
    private static readonly string[] Countries = ["US", "DE", "GB", "FR", "NL", "CH", "AT", "IT", "ES", "PL", "SE", "JP"];
    private static readonly string[] Devices = ["desktop", "mobile", "tablet"];
    private readonly Random _random = new(seed);

    // A square of a uniform number: the first tenth of the tenants has a third of the traffic.
    /// <inheritdoc/>
    public Click Next(int i, int of)
    {
        var uniform = _random.NextDouble();
        var tenant = 1 + (int)(uniform * uniform * Clickstream.Tenants);
        return new Click
        {
            Tenant = tenant,
            Name = Names[_random.Next(64) switch { < 32 => 0, < 48 => 1, < 54 => 2, var other => 3 + other % 5 }],
            User = _random.Next(tenant * 40),
            Session = _random.Next(100_000_000),
            Time = start + (long)i * (span - 2_000) / of + _random.Next(2_000),
            Country = Countries[_random.Next(Countries.Length)],
            Device = Devices[_random.Next(Devices.Length)],
            Url = _random.Next(8) == 0 ? "/cart" : $"/p/{_random.Next(500)}",
            Product = _random.Next(4) == 0 ? $"P-{_random.Next(300)}" : null,
        };
    }
}
