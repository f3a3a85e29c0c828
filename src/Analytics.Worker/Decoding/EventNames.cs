using Analytics.Core.Avro;
using Analytics.Core.Events;

namespace Analytics.Worker.Decoding;

/// <summary>Where the name of a topic's events comes from.</summary>
internal enum NameSource : byte
{
    /// <summary>A field of the record.</summary>
    Field,

    /// <summary>The status of an order: order_placed, order_cancelled, order_refunded.</summary>
    OrderStatus,

    /// <summary>Always stock_level.</summary>
    StockLevel,
}

/// <summary>The event names of topics whose records carry none, as words of one chunk.</summary>
internal readonly struct EventNames
{
    private readonly NameSource _source;
    private readonly int _first;
    private readonly int _second;
    private readonly int _third;

    public EventNames(NameSource source, Words words)
    {
        _source = source;
        switch (source)
        {
            case NameSource.OrderStatus:
                (_first, _second, _third) = (words.Intern("order_placed"u8), words.Intern("order_cancelled"u8), words.Intern("order_refunded"u8));
                break;
            case NameSource.StockLevel:
                _first = words.Intern("stock_level"u8);
                break;
            default:
                break;
        }
    }

    /// <summary>Names records that have their verdicts; a rejected one has no name.</summary>
    public void Set(EventColumns columns, int first, int end)
    {
        for (var row = first; row < end && _source != NameSource.Field; row++)
        {
            columns.Name.Ids[row] = columns.Verdicts[row] != Verdict.Accepted ? 0
                : _source == NameSource.StockLevel ? _first
                : columns.OrderStatus.Values[row] switch { 0 => _first, 1 => _second, _ => _third };
        }
    }
}
