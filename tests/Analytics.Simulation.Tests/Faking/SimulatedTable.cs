using System.Globalization;
using System.Text;

namespace Analytics.Simulation.Tests.Faking;

/// <summary>One row as it stands in a table.</summary>
internal sealed class StoredRow(string[] columns, object?[] values)
{
    public string[] Columns => columns;

    public object?[] Values => values;

    public long Number(string column) => (long)Value(column)!;

    public string Text(string column) => (string)Value(column)!;

    public object? Value(string column) => values[At(column)];

    public int At(string column) => Array.IndexOf(columns, column) is >= 0 and var at
        ? at
        : throw new InvalidOperationException($"Expected a column {column}, found {string.Join(", ", columns)}.");
}

/// <summary>One table, as if every merge were done: one row a key. Watches what must hold of every row on its arrival.</summary>
internal sealed class SimulatedTable(TableEngine engine, StoreRules rules, Action<string> fail)
{
    /// <summary>Sums that may only grow while a chunk is counted.</summary>
    private static readonly string[] Figures = ["events", "units", "revenue", "discount", "read", "accepted", "duplicate", "filtered", "skipped"];

    private readonly Dictionary<string, StoredRow> _rows = new(StringComparer.Ordinal);
    private readonly StringBuilder _key = new();

    /// <summary>The rows, by key.</summary>
    public IReadOnlyDictionary<string, StoredRow> Rows => _rows;

    /// <summary>A row arrives.</summary>
    public void Insert(string[] columns, object?[] values)
    {
        var row = new StoredRow(columns, values);
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
            if (Array.IndexOf(row.Columns, figure) >= 0 && row.Number(figure) < known.Number(figure))
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
            if (Array.IndexOf(row.Columns, figure) is >= 0 and var at)
            {
                known.Values[at] = known.Number(figure) + row.Number(figure);
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
