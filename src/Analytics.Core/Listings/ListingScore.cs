using System.Globalization;

namespace Analytics.Core.Listings;

/// <summary>One part of a listing's score.</summary>
/// <param name="Name">title, images, description, rating, price or stock.</param>
/// <param name="Weight">Points that it is worth when all is known; those of all parts are 100.</param>
/// <param name="Score">From 0 to 1; null where nothing is known of it.</param>
/// <param name="Advice">What to do; null where nothing is to be gained.</param>
public sealed record ListingPart(string Name, int Weight, double? Score, string? Advice);

/// <summary>How good a listing is, from 0 to 100, and what would make it better.</summary>
/// <remarks>
/// What no event has told is unknown and not bad: such a part is left out, and the weights of the others are what the score is of. The limits are those that
/// market places advise: titles of 40 to 150 characters, 5 images, 500 characters of description, ratings of 4.5.
/// </remarks>
/// <param name="Listing">The listing.</param>
/// <param name="Parts">Its parts.</param>
public sealed record ListingScore(Listing Listing, IReadOnlyList<ListingPart> Parts)
{
    private const int ShortestTitle = 40;
    private const int LongestTitle = 150;
    private const double OfLongTitle = 0.7;
    private const int EnoughImages = 5;
    private const int EnoughDescription = 500;
    private const double WorstRating = 2.5;
    private const double BestRating = 4.5;

    /// <summary>Weights of the parts of which something is known; the stock is always known.</summary>
    public int KnownWeight => Parts.Sum(part => part.Score is null ? 0 : part.Weight);

    /// <summary>From 0 to 100.</summary>
    public double Score => 100 * Parts.Sum(part => part.Weight * (part.Score ?? 0)) / KnownWeight;

    /// <summary>The part by which most would be gained; null where nothing would. Of equal ones the first.</summary>
    public ListingPart? TopFix => Parts.Where(part => part.Advice is not null).MaxBy(Gain);

    /// <summary>Points that the score would gain by a perfect part.</summary>
    public double Gain(ListingPart part) => part.Score is { } score ? 100 * part.Weight * (1 - score) / KnownWeight : 0;

    /// <summary>The score of a listing.</summary>
    public static ListingScore Of(Listing listing) => new(listing,
    [
        Part("title", 20, TitleScore(listing.Title), () => TitleAdvice(listing.Title!)),
        Part("images", 20, listing.Images / (double)EnoughImages, () => string.Create(CultureInfo.InvariantCulture, $"Add images: {listing.Images} of {EnoughImages}.")),
        Part("description", 20, listing.DescriptionLength / (double)EnoughDescription, () => string.Create(CultureInfo.InvariantCulture, $"Describe it in {EnoughDescription} characters or more: {listing.DescriptionLength} so far.")),
        Part("rating", 20, (listing.Rating - WorstRating) / (BestRating - WorstRating), () => string.Create(CultureInfo.InvariantCulture, $"Read what buyers complain about: they rate it {listing.Rating:0.0}, and {BestRating:0.0} is good.")),
        Part("price", 10, listing.Price is { } price ? (price > 0 ? 1 : 0) : null, () => "Set a price."),
        Part("stock", 10, listing.Stock > 0 ? 1 : 0, () => "Restock it: nobody can buy it now."),
    ]);

    private static ListingPart Part(string name, int weight, double? score, Func<string> advice)
    {
        double? bounded = score is { } value ? Math.Clamp(value, 0, 1) : null;
        return new(name, weight, bounded, bounded < 1 ? advice() : null);
    }

    private static double? TitleScore(string? title) =>
        title is null ? null : Letters(title) is var length && length > LongestTitle ? OfLongTitle : length / (double)ShortestTitle;

    private static string TitleAdvice(string title) => Letters(title) > LongestTitle
        ? string.Create(CultureInfo.InvariantCulture, $"Shorten the title to {LongestTitle} characters: {Letters(title)} so far, and lists cut it off.")
        : string.Create(CultureInfo.InvariantCulture, $"Say more in the title, {ShortestTitle} characters or more: {Letters(title)} so far.");

    private static int Letters(string text) => text.EnumerateRunes().Count();
}
