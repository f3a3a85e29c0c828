namespace Analytics.Core.Listings;

/// <summary>What a product's listing looks like; null where no event has told it.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="Title">Title.</param>
/// <param name="Stock">Pieces in stock.</param>
/// <param name="Images">Number of images.</param>
/// <param name="DescriptionLength">Characters of the description.</param>
/// <param name="Rating">Mean rating, 0 to 5.</param>
/// <param name="Price">Asking price in minor units.</param>
/// <param name="Currency">ISO 4217 code of the price.</param>
public sealed record Listing(string ProductId, string? Title, long Stock, int? Images, int? DescriptionLength, double? Rating, long? Price, string? Currency);
