using Analytics.Core.Avro;

namespace Analytics.Worker.Windowing;

/// <summary>One minute of one combination of dimensions. Words are ids of the chunk.</summary>
internal readonly struct CellKey(ulong tenant, int minute, int name, int country, int device, int source, int currency, byte isBot) : IFlatKey<CellKey>
{
    public readonly ulong Tenant = tenant;
    public readonly int Minute = minute;
    public readonly int Name = name;
    public readonly int Country = country;
    public readonly int Device = device;
    public readonly int Source = source;
    public readonly int Currency = currency;
    public readonly byte IsBot = isBot;

    /// <summary>The key under which users and sessions are unique.</summary>
    public CellKey WithoutCurrency => new(Tenant, Minute, Name, Country, Device, Source, 0, IsBot);

    /// <inheritdoc/>
    public ulong Hash
    {
        get
        {
            var hash = Hash64.Join(Hash64.Mix(Tenant), (ulong)(uint)Minute << 32 | (uint)Name);
            hash = Hash64.Join(hash, (ulong)(uint)Country << 32 | (uint)Device);
            return Hash64.Mix(Hash64.Join(hash, ((ulong)(uint)Source << 32 | (uint)Currency) ^ (ulong)IsBot << 63));
        }
    }

    /// <inheritdoc/>
    public bool Is(in CellKey other) =>
        Tenant == other.Tenant && Minute == other.Minute && Name == other.Name && Country == other.Country
        && Device == other.Device && Source == other.Source && Currency == other.Currency && IsBot == other.IsBot;
}

/// <summary>One minute of one product.</summary>
internal readonly struct ProductKey(ulong tenant, int minute, int product, int name, int currency) : IFlatKey<ProductKey>
{
    public readonly ulong Tenant = tenant;
    public readonly int Minute = minute;
    public readonly int Product = product;
    public readonly int Name = name;
    public readonly int Currency = currency;

    /// <inheritdoc/>
    public ulong Hash =>
        Hash64.Mix(Hash64.Join(Hash64.Join(Hash64.Mix(Tenant), (ulong)(uint)Minute << 32 | (uint)Product), (ulong)(uint)Name << 32 | (uint)Currency));

    /// <inheritdoc/>
    public bool Is(in ProductKey other) =>
        Tenant == other.Tenant && Minute == other.Minute && Product == other.Product && Name == other.Name && Currency == other.Currency;
}

/// <summary>A user or session in one cell of <see cref="UniqueSets"/>.</summary>
internal readonly struct MemberKey(int cell, ulong member) : IFlatKey<MemberKey>
{
    public readonly int Cell = cell;
    public readonly ulong Member = member;

    /// <inheritdoc/>
    public ulong Hash => Hash64.Mix(Hash64.Join((uint)Cell, Member));

    /// <inheritdoc/>
    public bool Is(in MemberKey other) => Cell == other.Cell && Member == other.Member;
}

/// <summary>One minute of one tenant.</summary>
internal readonly struct MinuteKey(ulong tenant, int minute) : IFlatKey<MinuteKey>
{
    public readonly ulong Tenant = tenant;
    public readonly int Minute = minute;

    /// <inheritdoc/>
    public ulong Hash => Hash64.Mix(Hash64.Join(Hash64.Mix(Tenant), (uint)Minute));

    /// <inheritdoc/>
    public bool Is(in MinuteKey other) => Tenant == other.Tenant && Minute == other.Minute;
}

/// <summary>No value: a table that is a set.</summary>
internal readonly struct Nothing;
