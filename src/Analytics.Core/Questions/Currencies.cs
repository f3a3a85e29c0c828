namespace Analytics.Core.Questions;

/// <summary>The decimals of currencies (ISO 4217's exponent): 2 for most.</summary>
public static class Currencies
{
    private static readonly HashSet<string> WithoutDecimals =
        ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"];

    private static readonly HashSet<string> WithThree = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

    /// <summary>How many decimals the major unit has.</summary>
    public static int Decimals(string currency) => WithoutDecimals.Contains(currency) ? 0 : WithThree.Contains(currency) ? 3 : 2;

    /// <summary>An amount of minor units (cents) in major ones (dollars).</summary>
    public static decimal Major(long minor, string currency) => Decimals(currency) switch
    {
        0 => minor,
        3 => minor / 1000m,
        _ => minor / 100m,
    };

    /// <summary>As the other; null for an amount that is not known.</summary>
    public static decimal? Major(long? minor, string currency) => minor is { } known ? Major(known, currency) : null;
}
