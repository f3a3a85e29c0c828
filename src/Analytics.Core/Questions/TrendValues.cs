namespace Analytics.Core.Questions;

/// <summary>Makes the lines of an answer of the metrics that were read.</summary>
public static class TrendValues
{
    /// <summary>A line's value of the metrics' values; amounts in, and out, in major units.</summary>
    /// <param name="question">The question.</param>
    /// <param name="line">One of its lines.</param>
    /// <param name="valueOf">The value of the metric with this place in the question, amounts in minor units; null when unknown.</param>
    public static double? Of(TrendQuestion question, TrendLine line, Func<int, double?> valueOf) => line.Formula.Of(name =>
    {
        for (var index = 0; index < question.Metrics.Count; index++)
        {
            if (question.Metrics[index].Name == name)
            {
                var value = valueOf(index);
                return question.Metrics[index].IsMoney ? Major(value, question.Scope.Currency) : value;
            }
        }

        return null;
    });

    /// <summary>Whether a line's values are amounts of money: it is a metric that is one, or an amount for each of something.</summary>
    public static bool IsMoney(TrendQuestion question, TrendLine line)
    {
        var names = line.Formula.Names.ToList();
        bool Is(string name) => question.Metrics.First(metric => metric.Name == name).IsMoney;
        return names.Count > 0 && Is(names[0]) && names.Skip(1).All(name => !Is(name));
    }

    /// <summary>
    /// The mean of each point and the ones before it, <paramref name="points"/> in all; null until there are as many, and where one of them is unknown.
    /// </summary>
    public static double?[] MovingAverage(IReadOnlyList<double?> values, int points)
    {
        var means = new double?[values.Count];
        for (var last = points - 1; last < values.Count; last++)
        {
            double? sum = 0;
            for (var index = last - points + 1; index <= last; index++)
            {
                sum += values[index];
            }

            means[last] = sum / points;
        }

        return means;
    }

    private static double? Major(double? minor, string currency) => minor / Math.Pow(10, Currencies.Decimals(currency));
}
