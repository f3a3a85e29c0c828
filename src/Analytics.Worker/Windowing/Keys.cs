using System.Runtime.CompilerServices;
using Analytics.Core.Avro;

namespace Analytics.Worker.Windowing;

/// <summary>The dimensions of a cell but its tenant and minute, in 20 bytes: with what a table adds it is half a cache line. Words are ids of the chunk.</summary>
internal readonly struct Dimensions(int name, int country, int device, int source, int currency, byte isBot) : IFlatKey<Dimensions>
{
    public readonly int Name = name;
    public readonly int Country = country;
    public readonly int Device = device;
    public readonly int Source = source;
    private readonly int _currencyAndBot = currency << 1 | isBot;

    public int Currency => _currencyAndBot >> 1;

    public byte IsBot => (byte)(_currencyAndBot & 1);

    /// <inheritdoc/>
    public ulong Hash
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Hash64.Join(
            Hash64.Mix((ulong)(uint)Name << 32 | (uint)Country),
            ((ulong)(uint)Device << 32 | (uint)Source) ^ ulong.RotateRight((uint)_currencyAndBot, 12));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Is(in Dimensions other) =>
        Name == other.Name && Country == other.Country && Device == other.Device && Source == other.Source && _currencyAndBot == other._currencyAndBot;
}

/// <summary>One minute of one combination of dimensions, which is an entry of the lane's table of <see cref="Dimensions"/>.</summary>
internal readonly struct CellKey(ulong tenant, int minute, int dimensions) : IFlatKey<CellKey>
{
    public readonly ulong Tenant = tenant;
    public readonly int Minute = minute;
    public readonly int Dimensions = dimensions;

    /// <inheritdoc/>
    public ulong Hash
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Hash64.Join(Hash64.Mix(Tenant), (ulong)(uint)Minute << 32 | (uint)Dimensions);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Is(in CellKey other) => Tenant == other.Tenant && Minute == other.Minute && Dimensions == other.Dimensions;
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
    public ulong Hash
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Hash64.Join(Hash64.Join(Hash64.Mix(Tenant), (ulong)(uint)Minute << 32 | (uint)Product), (ulong)(uint)Name << 32 | (uint)Currency);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Is(in ProductKey other) =>
        Tenant == other.Tenant && Minute == other.Minute && Product == other.Product && Name == other.Name && Currency == other.Currency;
}

/// <summary>One minute of one tenant.</summary>
internal readonly struct MinuteKey(ulong tenant, int minute) : IFlatKey<MinuteKey>
{
    public readonly ulong Tenant = tenant;
    public readonly int Minute = minute;

    /// <inheritdoc/>
    public ulong Hash => Hash64.Join(Hash64.Mix(Tenant), (uint)Minute);

    /// <inheritdoc/>
    public bool Is(in MinuteKey other) => Tenant == other.Tenant && Minute == other.Minute;
}
