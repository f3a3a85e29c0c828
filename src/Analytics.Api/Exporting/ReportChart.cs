using System.Globalization;

namespace Analytics.Api.Exporting;

/// <summary>A line over time, with the one that it is compared with behind it.</summary>
/// <param name="Values">The figure of each point; the line is broken where it is not known.</param>
/// <param name="Before">Those of the period compared with.</param>
/// <param name="LabelOf">What the axis says of a point.</param>
/// <param name="Now">What the line is called.</param>
/// <param name="Then">What the other is called.</param>
internal sealed record ReportChart(IReadOnlyList<double?> Values, IReadOnlyList<double?> Before, Func<int, string> LabelOf, string Now, string Then)
{
    private const double Height = 150;
    private const double AxisWidth = 52;
    private const double KeyHeight = 18;
    private const double LabelHeight = 16;
    private const double LabelWidth = 64;
    private const double SmallSize = 7.5;
    private const int MostLabels = 7;
    private const int Steps = 4;

    /// <summary>How high it is, labels and key included.</summary>
    public static double WholeHeight => KeyHeight + Height + LabelHeight;

    /// <summary>The least round number that four steps of which reach the value: 1, 2, 2.5 or 5 times a power of ten.</summary>
    public static double StepOf(double most)
    {
        if (most <= 0)
        {
            return 1;
        }

        var power = Math.Pow(10, Math.Floor(Math.Log10(most / Steps)));
        return ((double[])[1, 2, 2.5, 5, 10]).Select(factor => factor * power).First(step => step * Steps >= most * (1 - 1e-9));
    }

    /// <summary>Draws it where the sheet is.</summary>
    public void Draw(ReportSheet sheet)
    {
        double[] known = [.. Values.Concat(Before).OfType<double>().DefaultIfEmpty(0)];
        var least = Math.Min(0, known.Min());
        var step = StepOf(known.Max() - least);
        var bottom = least < 0 ? Math.Floor(least / step) * step : 0;
        var top = bottom + ((least < 0 ? Steps + 1 : Steps) * step);
        var (left, head, width) = (ReportSheet.Left + AxisWidth, sheet.Y + KeyHeight, sheet.Width - AxisWidth);
        double YOf(double value) => head + Height - ((value - bottom) / (top - bottom) * Height);
        Key(sheet, left);
        for (var value = bottom; value <= top + (step / 2); value += step)
        {
            sheet.Page.Line(ReportSheet.Rule, 0.5, isDashed: false, (left, YOf(value)), (left + width, YOf(value)));
            sheet.Text(Short(value), SmallSize, ReportSheet.Muted, ReportSheet.Left, YOf(value) - 5, AxisWidth - 8, ReportAlignment.Right);
        }

        var count = Math.Max(Values.Count, Before.Count);
        double XOf(int index) => left + (width * (count == 1 ? 0.5 : index / (count - 1.0)));
        Line(sheet.Page, Before, XOf, YOf, ReportSheet.Muted, 1, isDashed: true);
        Line(sheet.Page, Values, XOf, YOf, ReportSheet.Accent, 1.75, isDashed: false);
        var every = Math.Max(1, (int)Math.Ceiling(Values.Count / (double)MostLabels));
        for (var index = 0; index < Values.Count; index += every)
        {
            // The first and the last stay between the edges.
            var x = Math.Clamp(XOf(index) - (LabelWidth / 2), left, left + width - LabelWidth);
            var alignment = count == 1 ? ReportAlignment.Middle : x > XOf(index) - (LabelWidth / 2) ? ReportAlignment.Left : x < XOf(index) - (LabelWidth / 2) ? ReportAlignment.Right : ReportAlignment.Middle;
            sheet.Text(LabelOf(index), SmallSize, ReportSheet.Muted, x, head + Height + 4, LabelWidth, alignment);
        }

        sheet.Y += WholeHeight;
    }

    private static void Line(PdfPage page, IReadOnlyList<double?> values, Func<int, double> xOf, Func<double, double> yOf, PdfColour colour, double thickness, bool isDashed)
    {
        var points = new List<(double X, double Y)>();
        for (var index = 0; index <= values.Count; index++)
        {
            if (index < values.Count && values[index] is { } value)
            {
                points.Add((xOf(index), yOf(value)));
                continue;
            }

            if (points.Count > 1)
            {
                page.Line(colour, thickness, isDashed, [.. points]);
            }
            else if (points is [var only])
            {
                page.Rectangle(colour, only.X - 3, only.Y - 3, 6, 6);
            }

            points.Clear();
        }
    }

    private void Key(ReportSheet sheet, double left)
    {
        var (x, y) = (left, sheet.Y + 5);
        sheet.Page.Line(ReportSheet.Accent, 1.75, isDashed: false, (x, y), (x + 16, y));
        sheet.Text(Now, 8, ReportSheet.Muted, x + 20, y - 5, 150);
        if (Before.Count > 0)
        {
            x += 40 + sheet.Measure(Now, 8);
            sheet.Page.Line(ReportSheet.Muted, 1, isDashed: true, (x, y), (x + 16, y));
            sheet.Text(Then, 8, ReportSheet.Muted, x + 20, y - 5, 150);
        }
    }

    private static string Short(double value) => Math.Abs(value) switch
    {
        >= 1e9 => (value / 1e9).ToString("0.##", CultureInfo.InvariantCulture) + " bn",
        >= 1e6 => (value / 1e6).ToString("0.##", CultureInfo.InvariantCulture) + " m",
        >= 1e4 => (value / 1e3).ToString("0.##", CultureInfo.InvariantCulture) + " k",
        _ => value.ToString("#,0.##", CultureInfo.InvariantCulture),
    };
}
