using System.Globalization;
using System.Text;

namespace Analytics.Simulation.Tests.Faking;

/// <summary>The columns of some rows, by name.</summary>
internal sealed class RowShape(string[] names)
{
    private readonly Dictionary<string, int> _at = names.Select((name, at) => (name, at)).ToDictionary(one => one.name, one => one.at, StringComparer.Ordinal);

    public string[] Names => names;

    public bool Has(string column) => _at.ContainsKey(column);

    public int At(string column) => _at.TryGetValue(column, out var at) ? at : throw new InvalidOperationException($"Expected a column {column}, found {string.Join(", ", names)}.");
}

/// <summary>One row as it stands in a table.</summary>
internal sealed class StoredRow(RowShape shape, object?[] values)
{
    public RowShape Shape => shape;

    public object?[] Values => values;

    public long Number(string column) => (long)Value(column)!;

    public string Text(string column) => (string)Value(column)!;

    public object? Value(string column) => values[shape.At(column)];
}

/// <summary>One table, as if every merge were done: one row a key. Watches what must hold of every row on its arrival.</summary>
internal sealed class SimulatedTable(TableEngine engine, StoreRules rules, Action<string> fail)
{
    /// <summary>Sums that may only grow while a chunk is counted.</summary>
    private static readonly string[] Figures = ["events", "units", "revenue", "discount", "read", "accepted", "duplicate", "filtered", "skipped"];

    private readonly Dictionary<string, StoredRow> _rows = new(StringComparer.Ordinal);
    private readonly StringBuilder _key = new();
    private RowShape _shape = new([]);

    /// <summary>The rows, by key.</summary>
    public IReadOnlyDictionary<string, StoredRow> Rows => _rows;

    /// <summary>Rows that have arrived so far: what was made of the rows is made anew only when there were more.</summary>
    public int Arrivals { get; private set; }

    /// <summary>A row arrives.</summary>
    public void Insert(string[] columns, object?[] values)
    {
        Arrivals++;
        if (_shape.Names != columns && !_shape.Names.AsSpan().SequenceEqual(columns))
        {
            _shape = new RowShape(columns);
        }

        var row = new StoredRow(_shape, values);
        var key = KeyOf(row);
        if (!_rows.TryGetValue(key, out var known))
        {
            _rows.Add(key, row);
        }
        else if (engine.IsAggregating)
        {
            Unite(known, row);
        }
        else if (engine.Version is null)
        {
            _rows[key] = row;
        }
        else if (rules.Sums)
        {
            Add(known, row);
        }
        else
        {
            Replace(key, known, row);
        }
    }

    private void Replace(string key, StoredRow known, StoredRow row)
    {
        var (old, given) = (known.Number(engine.Version!), row.Number(engine.Version!));
        if (old == given && !known.Values.Zip(row.Values).All(pair => Same(pair.First, pair.Second)))
        {
            fail($"{engine.Table}: two rows of {key} have version {old} and differ: {Show(known)} / {Show(row)}");
        }

        if (!rules.Wins(given, old))
        {
            return;
        }

        foreach (var figure in Figures)
        {
            if (row.Shape.Has(figure) && row.Number(figure) < known.Number(figure))
            {
                fail($"{engine.Table}: {figure} of {key} fell from {known.Number(figure)} (version {old}) to {row.Number(figure)} (version {given})");
            }
        }

        _rows[key] = row;
    }

    private void Add(StoredRow known, StoredRow row)
    {
        foreach (var figure in Figures)
        {
            if (row.Shape.Has(figure))
            {
                known.Values[known.Shape.At(figure)] = known.Number(figure) + row.Number(figure);
            }
        }
    }

    private static void Unite(StoredRow known, StoredRow row)
    {
        for (var i = 0; i < row.Values.Length; i++)
        {
            if (row.Values[i] is object?[] items)
            {
                known.Values[i] = ((object?[])known.Values[i]!).Union(items).ToArray();
            }
        }
    }

    private string KeyOf(StoredRow row)
    {
        _key.Clear();
        foreach (var column in engine.Key)
        {
            _key.Append(CultureInfo.InvariantCulture, $"{row.Value(column)}|");
        }

        return _key.ToString();
    }

    private static bool Same(object? a, object? b) => a is object?[] some && b is object?[] others ? some.SequenceEqual(others) : Equals(a, b);

    private static string Show(StoredRow row) => string.Join(' ', row.Values.Select(value => value is object?[] items ? $"[{string.Join(',', items)}]" : $"{value}"));

}

/// <summary>How a store treats a second row of a key. A mutant has another.</summary>
internal sealed class StoreRules
{
    /// <summary>True when a row of this version takes the place of one of that version.</summary>
    public Func<long, long, bool> Wins { get; init; } = (given, old) => given > old;

    /// <summary>Rows are added up, as increments would be.</summary>
    public bool Sums { get; init; }
}
