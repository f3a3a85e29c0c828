using Analytics.Api.Questions;
using Analytics.Core.Listings;
using Analytics.Core.Questions;

namespace Analytics.Api.Replies;

/// <summary>How good listings are, the worst first.</summary>
internal sealed record ListingsReply(
    long Tenant,
    string Name,
    string Currency,
    int ListingCount,
    double? MeanScore,
    IReadOnlyList<ListingReply> Listings,
    string? Next,
    DateTimeOffset? CompleteThrough,
    bool Stale,
    IReadOnlyDictionary<string, double>? Approximate,
    string Source) : IAnswer;

/// <summary>One listing: its score from 0 to 100, of which parts it is made, and what would help most.</summary>
internal sealed record ListingReply(
    string ProductId,
    string? Title,
    double Score,
    int KnownWeight,
    IReadOnlyList<ListingPartReply> Parts,
    ListingFixReply? TopFix,
    long Stock,
    int? Images,
    int? DescriptionLength,
    double? Rating,
    decimal? Price,
    string? Currency)
{
    /// <summary>A listing's score.</summary>
    public static ListingReply Of(ListingScore score)
    {
        var listing = score.Listing;
        return new(
            listing.ProductId,
            listing.Title,
            Math.Round(score.Score, 1),
            score.KnownWeight,
            [.. score.Parts.Select(part => new ListingPartReply(part.Name, part.Weight, MeasuresReply.Rate(part.Score)))],
            score.TopFix is { } fix ? new(fix.Name, fix.Advice!, Math.Round(score.Gain(fix), 1)) : null,
            listing.Stock,
            listing.Images,
            listing.DescriptionLength,
            listing.Rating,
            listing.Price is { } price ? Currencies.Major(price, listing.Currency ?? "") : null,
            listing.Currency);
    }
}

/// <summary>A part of the score: what it is worth, and how much of that it has, from 0 to 1; null where nothing is known of it.</summary>
internal sealed record ListingPartReply(string Name, int Weight, double? Score);

/// <summary>What would help most, and by how many points.</summary>
internal sealed record ListingFixReply(string Part, string Advice, double Gain);
