using System.Collections.Concurrent;
using Analytics.Core.Avro;
using Analytics.Storage.Registry;

namespace Analytics.Worker.Decoding;

/// <summary>What a topic's records look like: the schema that they are read as, and the column that each field of it goes into.</summary>
/// <remarks>Made once; any thread. A field without a row here is not read.</remarks>
internal sealed class TopicLayout
{
    /// <summary>Slot of the event id in every layout.</summary>
    public const int EventIdSlot = 0;

    private static readonly Dictionary<string, TopicLayout> All = new(StringComparer.Ordinal)
    {
        ["clickstream-events"] = new("clickstream-events", NameSource.Field, [
            ("event_id", columns => columns.EventId),
            ("tenant_id", columns => columns.Tenant),
            ("name", columns => columns.Name),
            ("user_id", columns => columns.User),
            ("session_id", columns => columns.Session),
            ("created_at", columns => columns.Created),
            ("sent_at", columns => columns.Sent),
            ("received_at", columns => columns.Received),
            ("url", columns => columns.Url),
            ("referrer", columns => columns.Referrer),
            ("ip", columns => columns.Ip),
            ("user_agent", columns => columns.UserAgent),
            ("country", columns => columns.Country),
            ("device", columns => columns.Device),
            ("campaign", columns => columns.Campaign),
            ("product_id", columns => columns.Product),
            ("properties", columns => columns.Properties),
        ]),
        ["order-events"] = new("order-events", NameSource.OrderStatus, [
            ("event_id", columns => columns.EventId),
            ("tenant_id", columns => columns.Tenant),
            ("order_id", columns => columns.OrderId),
            ("user_id", columns => columns.User),
            ("session_id", columns => columns.Session),
            ("status", columns => columns.OrderStatus),
            ("currency", columns => columns.Currency),
            ("created_at", columns => columns.Created),
            ("sent_at", columns => columns.Sent),
            ("received_at", columns => columns.Received),
            ("referrer", columns => columns.Referrer),
            ("ip", columns => columns.Ip),
            ("user_agent", columns => columns.UserAgent),
            ("country", columns => columns.Country),
            ("device", columns => columns.Device),
            ("campaign", columns => columns.Campaign),
            ("lines", columns => columns.Lines),
            ("lines[].product_id", columns => columns.LineProduct),
            ("lines[].quantity", columns => columns.LineQuantity),
            ("lines[].unit_price", columns => columns.LineUnitPrice),
            ("lines[].discount", columns => columns.LineDiscount),
            ("properties", columns => columns.Properties),
        ]),
        ["inventory-events"] = new("inventory-events", NameSource.StockLevel, [
            ("event_id", columns => columns.EventId),
            ("tenant_id", columns => columns.Tenant),
            ("product_id", columns => columns.Product),
            ("stock", columns => columns.Stock),
            ("created_at", columns => columns.Created),
            ("sent_at", columns => columns.Sent),
            ("received_at", columns => columns.Received),
            ("title", columns => columns.Title),
            ("images", columns => columns.Images),
            ("description_length", columns => columns.DescriptionLength),
            ("rating", columns => columns.Rating),
            ("price", columns => columns.Price),
            ("currency", columns => columns.Currency),
            ("properties", columns => columns.Properties),
        ]),
    };

    private readonly (string Path, Func<EventColumns, Column> Of)[] _fields;
    private readonly ConcurrentDictionary<string, AvroPlan> _plans = new(StringComparer.Ordinal);

    private TopicLayout(string topic, NameSource names, (string Path, Func<EventColumns, Column> Of)[] fields)
    {
        (Topic, Names, _fields) = (topic, names, fields);
        Reader = EventSchemas.Of(topic);
        var sample = new EventColumns();
        foreach (var (path, of) in fields)
        {
            Bindings.Add(path, KindOf(of(sample)));
        }
    }

    /// <summary>The topic.</summary>
    public string Topic { get; }

    /// <summary>Where the events' names come from.</summary>
    public NameSource Names { get; }

    /// <summary>The schema that every record is read as.</summary>
    public AvroSchema Reader { get; }

    /// <summary>Which field goes where.</summary>
    public ColumnBindings Bindings { get; } = new();

    /// <summary>The layout of a topic.</summary>
    /// <exception cref="InvalidOperationException">No layout is known: the consumer subscribed to a topic that this version cannot read.</exception>
    public static TopicLayout Of(string topic) => All.TryGetValue(topic, out var layout)
        ? layout
        : throw new InvalidOperationException($"Records of the topic {topic} cannot be read; known are {string.Join(", ", All.Keys)}.");

    /// <summary>The plan of a schema, or null and the reasons where none of its records can be read. One schema under several ids is compiled once.</summary>
    /// <exception cref="AvroSchemaException">It is no schema.</exception>
    public AvroPlan? PlanOf(RegisteredSchema schema, out IReadOnlyList<string> reasons)
    {
        reasons = [];
        var text = string.Join('\0', [schema.Text, .. schema.References]);
        if (!_plans.TryGetValue(text, out var plan) && AvroPlan.TryCompile(AvroSchema.Parse(schema.Text, schema.References), Reader, Bindings, out reasons) is { } compiled)
        {
            plan = _plans.GetOrAdd(text, compiled);
        }

        return plan;
    }

    /// <summary>The columns of one batch as this topic's plans fill them.</summary>
    public AvroTarget TargetOf(EventColumns columns) => new(Bindings, [.. _fields.Select(field => field.Of(columns))]);

    /// <summary>The columns that no plan of this topic fills: they keep their absent value.</summary>
    public Column[] OthersOf(EventColumns columns)
    {
        var own = _fields.Select(field => field.Of(columns)).ToHashSet();
        return [.. columns.OfRecords().Where(column => !own.Contains(column))];
    }

    private static ColumnKind KindOf(Column column) => column switch
    {
        LongColumn => ColumnKind.Long,
        DoubleColumn => ColumnKind.Double,
        Fixed16Column => ColumnKind.Fixed16,
        SpanColumn => ColumnKind.Span,
        WordColumn => ColumnKind.Word,
        _ => ColumnKind.Rows,
    };
}
