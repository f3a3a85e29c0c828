namespace Analytics.Worker.Windowing;

/// <summary>Events whose value of a dimension was beyond a budget and counts as <c>__other__</c>.</summary>
/// <param name="Names">By event name.</param>
/// <param name="Countries">By country.</param>
/// <param name="Currencies">By currency.</param>
/// <param name="Products">By product; lines of orders each by themselves.</param>
internal readonly record struct FoldedCounts(long Names, long Countries, long Currencies, long Products)
{
    /// <summary>The sum of two lanes.</summary>
    public FoldedCounts With(in FoldedCounts other) =>
        new(Names + other.Names, Countries + other.Countries, Currencies + other.Currencies, Products + other.Products);

    /// <summary>As the ledger has it: by dimension, without those that have none.</summary>
    public IReadOnlyDictionary<string, long> ByDimension() =>
        new (string Dimension, long Count)[] { ("name", Names), ("country", Countries), ("currency", Currencies), ("product", Products) }
            .Where(folded => folded.Count > 0).ToDictionary(folded => folded.Dimension, folded => folded.Count);
}
