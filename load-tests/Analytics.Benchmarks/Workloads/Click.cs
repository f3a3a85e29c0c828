namespace Analytics.Benchmarks.Workloads;

/// <summary>The values of one event, before they are encoded.</summary>
internal struct Click
{
    /// <summary>From 1, the largest tenant, to <see cref="Clickstream.Tenants"/>.</summary>
    public int Tenant;

    /// <summary>What happened.</summary>
    public string Name;

    /// <summary>Number of the user among the tenant's.</summary>
    public int User;

    /// <summary>Number of the session.</summary>
    public int Session;

    /// <summary>When it happened, Unix milliseconds.</summary>
    public long Time;

    /// <summary>Where the user is, two letters.</summary>
    public string Country;

    /// <summary>What the user holds.</summary>
    public string Device;

    /// <summary>The page.</summary>
    public string Url;

    /// <summary>The product, where the event is about one.</summary>
    public string? Product;
}

/// <summary>Draws the events of a workload, one after the other, from a seed.</summary>
internal interface ITraffic
{
    /// <summary>Event <paramref name="i"/> of <paramref name="count"/>.</summary>
    Click Next(int i, int count);
}
