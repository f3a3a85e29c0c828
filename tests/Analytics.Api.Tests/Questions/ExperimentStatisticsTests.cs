using Analytics.Api.Questions;

namespace Analytics.Api.Tests.Questions;

public sealed class ExperimentStatisticsTests
{
    [Fact]
    public void Shares_are_compared_by_the_two_proportion_z_test()
    {
        var difference = ExperimentStatistics.Shares(250, 1_000, 200, 1_000);

        // z = 0.05 / sqrt(0.225 × 0.775 × 2 / 1000) = 2.6774.
        Assert.Equal(0.05, difference.Value, 9);
        Assert.Equal(0.00742, difference.PValue!.Value, 5);
        Assert.Equal((0.01346, 0.08654), (Math.Round(difference.Low, 5), Math.Round(difference.High, 5)));
    }

    [Theory]
    // The three examples of the article on Welch's t-test, with its p-values.
    [InlineData("27.5 21.0 19.0 23.6 17.0 17.9 16.9 20.1 21.9 22.6 23.1 19.6 19.0 21.7 21.4", "27.1 22.0 20.8 23.4 23.4 23.5 25.8 22.0 24.8 20.2 21.9 22.1 22.9 20.5 24.4", 0.021)]
    [InlineData("17.2 20.9 22.6 18.1 21.7 21.4 23.5 24.2 14.7 21.8", "21.5 22.8 21.0 23.0 21.6 23.6 22.5 20.7 23.4 21.8 20.7 21.7 21.5 22.5 23.6 21.5 22.5 23.5 21.5 21.8", 0.149)]
    [InlineData("19.8 20.4 19.6 17.8 18.5 18.9 18.3 18.9 19.5 22.0", "28.2 26.6 20.1 23.3 25.2 22.1 17.7 27.6 20.6 13.7 23.2 17.5 20.6 18.0 23.9 21.6 24.3 20.4 24.0 13.2", 0.036)]
    public void Means_are_compared_by_Welchs_t_test(string variant, string control, double probability)
    {
        var (some, others) = (Numbers(variant), Numbers(control));
        var difference = ExperimentStatistics.Means(some.Length, some.Sum(), some.Sum(one => one * one), others.Length, others.Sum(), others.Sum(one => one * one))!.Value;

        Assert.Equal(some.Average() - others.Average(), difference.Value, 9);
        Assert.Equal(probability, difference.PValue!.Value, 3);
        Assert.True((probability < 0.05) == (difference.Low > 0 || difference.High < 0), "The interval and the p-value disagree.");
    }

    [Fact]
    public void What_does_not_vary_has_no_probability_and_one_user_no_variance()
    {
        Assert.Null(ExperimentStatistics.Shares(5, 5, 9, 9).PValue);
        Assert.Null(ExperimentStatistics.Means(3, 6, 12, 3, 6, 12)!.Value.PValue);
        Assert.Null(ExperimentStatistics.Means(1, 6, 36, 3, 6, 12));
    }

    [Fact]
    public void A_split_is_checked_by_chi_square()
    {
        // (100² + 100²) / 5100 = 3.9216 with one degree of freedom.
        Assert.Equal(0.04767, ExperimentStatistics.SampleRatio([5_000, 5_200], [1, 1])!.Value, 5);
        Assert.Equal(1, ExperimentStatistics.SampleRatio([900, 100], [9, 1])!.Value, 9);
        Assert.Null(ExperimentStatistics.SampleRatio([900], [1]));
    }

    private static double[] Numbers(string text) => [.. text.Split(' ').Select(number => double.Parse(number, System.Globalization.CultureInfo.InvariantCulture))];
}
