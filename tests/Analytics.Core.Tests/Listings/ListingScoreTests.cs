using Analytics.Core.Listings;

namespace Analytics.Core.Tests.Listings;

public sealed class ListingScoreTests
{
    private static readonly Listing Perfect = new("chair", new string('x', 40), 3, 5, 500, 4.5, 1999, "EUR");

    [Fact]
    public void A_listing_that_lacks_nothing_has_100_points_and_nothing_to_fix()
    {
        var score = ListingScore.Of(Perfect);

        Assert.Equal((100.0, 100), (score.Score, score.KnownWeight));
        Assert.Null(score.TopFix);
        Assert.Equal(100, score.Parts.Sum(part => part.Weight));
    }

    [Fact]
    public void Every_part_gives_its_share_of_its_weight()
    {
        // By hand: title 20/40 of 20 = 10, images 2/5 of 20 = 8, description 100/500 of 20 = 4, rating (3.5 − 2.5)/2 of 20 = 10, price 10, stock 0.
        var score = ListingScore.Of(new("chair", new string('x', 20), 0, 2, 100, 3.5, 1999, "EUR"));

        Assert.Equal(42, score.Score, 1e-9);
        Assert.Equal([0.5, 0.4, 0.2, 0.5, 1, 0], score.Parts.Select(part => part.Score!.Value));
    }

    [Fact]
    public void The_top_fix_is_what_gains_most()
    {
        var score = ListingScore.Of(Perfect with { Images = 2, Stock = 0 });

        Assert.Equal(("images", "Add images: 2 of 5."), (score.TopFix!.Name, score.TopFix.Advice));
        Assert.Equal(12, score.Gain(score.TopFix), 1e-9);
    }

    [Fact]
    public void What_no_event_has_told_is_left_out_and_not_counted_as_bad()
    {
        var score = ListingScore.Of(new("chair", null, 3, null, 250, null, null, null));

        // Description 10 of 20, stock 10 of 10.
        Assert.Equal((30, 66.7), (score.KnownWeight, Math.Round(score.Score, 1)));
        Assert.Equal("description", score.TopFix!.Name);
        Assert.Equal(33.3, Math.Round(score.Gain(score.TopFix), 1));
    }

    [Theory]
    [InlineData(150, 1)]
    [InlineData(151, 0.7)]
    public void A_title_that_lists_cut_off_loses_points(int letters, double expected) =>
        Assert.Equal(expected, ListingScore.Of(Perfect with { Title = new string('x', letters) }).Parts[0].Score);

    [Fact]
    public void Letters_beyond_the_basic_plane_count_as_one() =>
        Assert.Equal(0.5, ListingScore.Of(Perfect with { Title = string.Concat(Enumerable.Repeat("🪑", 20)) }).Parts[0].Score);

    [Fact]
    public void A_rating_below_the_worst_gives_nothing_and_no_less() => Assert.Equal(80, ListingScore.Of(Perfect with { Rating = 1 }).Score, 1e-9);
}
