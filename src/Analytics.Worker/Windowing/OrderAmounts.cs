using Analytics.Worker.Decoding;

namespace Analytics.Worker.Windowing;

/// <summary>Sums over the lines of an order; all 0 for other events. The rules have checked that they fit.</summary>
internal readonly record struct OrderAmounts(int Lines, long Units, long Revenue, long Discount)
{
    /// <summary>The sums of one record.</summary>
    public static OrderAmounts Of(EventColumns columns, int row)
    {
        var count = row < columns.Lines.Count.Length ? columns.Lines.Count[row] : 0;
        if (count <= 0)
        {
            return default;
        }

        long units = 0, revenue = 0, discounts = 0;
        var end = columns.Lines.Start[row] + count;
        for (var line = columns.Lines.Start[row]; line < end; line++)
        {
            var (quantity, discount) = (columns.LineQuantity.Values[line], columns.LineDiscount.Values[line]);
            units += quantity;
            revenue += quantity * columns.LineUnitPrice.Values[line] - discount;
            discounts += discount;
        }

        return new OrderAmounts(count, units, revenue, discounts);
    }
}
