namespace Analytics.Core.Forecasting;

/// <summary>Of whom last year's figures are.</summary>
public enum SeasonOf
{
    /// <summary>Nobody's: there are none, or too few. The factor is 1.</summary>
    Nobody,

    /// <summary>The product's.</summary>
    Product,

    /// <summary>The whole seller's, as the product's are too few.</summary>
    Seller,
}

/// <summary>How much more than in the last two weeks sells in the next two, by what happened a year ago.</summary>
/// <param name="Factor">1 for as much.</param>
/// <param name="Of">Of whom last year's figures are.</param>
public readonly record struct Seasonality(double Factor, SeasonOf Of)
{
    /// <summary>Days of the period, and of its surroundings before it: as many as the velocity is measured over.</summary>
    public const int PeriodDays = 14;

    /// <summary>Days back: 52 weeks, so that weekdays meet.</summary>
    public const int YearDays = 364;

    /// <summary>Pieces of the period and its surroundings from which on they say something: of 30, chance alone makes the factor err by a third.</summary>
    public const long Enough = 30;

    // What one year did may have been chance; beyond these a forecast would follow it blindly.
    private const double Least = 0.25;
    private const double Most = 4;

    /// <summary>Where nothing is known of last year.</summary>
    public static Seasonality Unknown { get; } = new(1, SeasonOf.Nobody);

    /// <summary>The factor.</summary>
    /// <param name="product">The product's pieces a year ago: in the two weeks before this day, and in the two that began with it.</param>
    /// <param name="seller">Those of all products.</param>
    public static Seasonality From((long Before, long Period) product, (long Before, long Period) seller) =>
        Says(product) ? new(FactorOf(product), SeasonOf.Product)
        : Says(seller) ? new(FactorOf(seller), SeasonOf.Seller)
        : Unknown;

    // Without anything before there is nothing to compare with: sales began in that year.
    private static bool Says((long Before, long Period) year) => year.Before > 0 && year.Before + year.Period >= Enough;

    private static double FactorOf((long Before, long Period) year) => Math.Clamp((double)year.Period / year.Before, Least, Most);
}
