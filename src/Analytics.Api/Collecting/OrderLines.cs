using System.Globalization;
using Analytics.Core.Events;

namespace Analytics.Api.Collecting;

/// <summary>Reads the lines of an order.</summary>
internal static class OrderLines
{
    /// <summary>The lines; what is wrong with them is noted in <paramref name="order"/>.</summary>
    public static IReadOnlyList<OrderLine> Read(EventFields order)
    {
        var lines = new List<OrderLine>();
        Int128 sum = 0;
        foreach (var item in order.Objects("lines", EventLimits.Lines))
        {
            var fields = new EventFields(item);
            lines.Add(Line(fields, ref sum));
            if (fields.Refusal is { } refusal)
            {
                order.Refuse(refusal, $"lines[{lines.Count - 1}]: ");
                return lines;
            }
        }

        if (lines.Count == 0)
        {
            order.Refuse(Verdict.NoLines, "Expected 1 line or more in 'lines'; found none.");
        }

        if (sum > EventLimits.Amount)
        {
            order.Refuse(Verdict.InvalidAmount, string.Create(CultureInfo.InvariantCulture, $"Expected an order of at most {EventLimits.Amount} minor units; found {sum}."));
        }

        return lines;
    }

    private static OrderLine Line(EventFields fields, ref Int128 sum)
    {
        var product = fields.Needed("product_id", EventLimits.NameBytes, Verdict.MissingName);
        var quantity = fields.Whole("quantity");
        if (quantity is null or < 1 or > int.MaxValue)
        {
            fields.Refuse(Verdict.InvalidQuantity, string.Create(CultureInfo.InvariantCulture, $"Expected a 'quantity' from 1 to {int.MaxValue}; found {Shown(quantity)}."));
        }

        var price = fields.Whole("unit_price");
        if (price is null or < 0)
        {
            fields.Refuse(Verdict.InvalidAmount, $"Expected a 'unit_price' of 0 or more minor units (cents); found {Shown(price)}.");
        }

        var gross = (Int128)(quantity ?? 0) * (price ?? 0);
        var discount = fields.Whole("discount") ?? 0;
        if (discount < 0 || discount > gross)
        {
            fields.Refuse(Verdict.InvalidAmount, string.Create(CultureInfo.InvariantCulture, $"Expected a 'discount' from 0 to the line's {gross} minor units; found {discount}."));
        }

        sum += gross;
        return fields.Refusal is null ? new(product, (int)quantity!.Value, price!.Value, discount) : new("", 0, 0);
    }

    private static string Shown(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "none";
}
