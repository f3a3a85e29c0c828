namespace Analytics.Core.Avro;

/// <summary>The classes of columns.</summary>
public enum ColumnKind : byte
{
    /// <summary><see cref="LongColumn"/>: int, long, boolean, enum, and the branch of a union.</summary>
    Long,

    /// <summary><see cref="DoubleColumn"/>: float, double.</summary>
    Double,

    /// <summary><see cref="Fixed16Column"/>: fixed of 16 bytes.</summary>
    Fixed16,

    /// <summary><see cref="SpanColumn"/>: string, bytes, fixed, and a map as its encoded blocks.</summary>
    Span,

    /// <summary><see cref="WordColumn"/>: string, bytes.</summary>
    Word,

    /// <summary><see cref="RowsColumn"/>: array, map.</summary>
    Rows,
}

/// <summary>Which fields of a reader's schema go into which columns.</summary>
/// <remarks>
/// A path names a value inside a record: <c>user</c> a field, <c>address.city</c> a field of a record in it, <c>lines</c> an array or map (its rows),
/// <c>lines[].price</c> a field of an array's items, <c>tags[]</c> the items themselves, <c>tags{key}</c> and <c>tags{}</c> the keys and values of a map,
/// <c>id|</c> the branch of a union (its index), <c>id|string</c> the value when it has that branch. A union of null and one type needs no <c>|</c>.
/// Columns of items have one row an item. Immutable once a plan uses it.
/// </remarks>
public sealed class ColumnBindings
{
    private readonly List<(string Path, ColumnKind Kind)> _all = [];
    private int[]? _ofRecords;

    /// <summary>Number of columns.</summary>
    public int Count => _all.Count;

    internal IReadOnlyList<(string Path, ColumnKind Kind)> All => _all;

    /// <summary>The slots with one row a record: not those of items.</summary>
    internal int[] OfRecords => _ofRecords ??= [.. SlotsOfRow("")];

    /// <summary>Adds a column; its slot is the number of columns before it.</summary>
    public ColumnBindings Add(string path, ColumnKind kind)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (SlotOf(path) >= 0)
        {
            throw new ArgumentException($"The path {path} is bound twice; bind it to one column and copy that.", nameof(path));
        }

        _all.Add((path, kind));
        _ofRecords = null;
        return this;
    }

    /// <summary>The slot of a path, or -1.</summary>
    internal int SlotOf(string path) => _all.FindIndex(one => one.Path == path);

    /// <summary>True when something at the path or inside it has a column.</summary>
    internal bool Reaches(string path) => path.Length == 0 || _all.Exists(one => Within(one.Path, path));

    /// <summary>The slots at the path or inside it that have one row for each row of the path: not those of items.</summary>
    internal IEnumerable<int> SlotsOfRow(string path)
    {
        for (var slot = 0; slot < _all.Count; slot++)
        {
            var own = _all[slot].Path;
            if ((path.Length == 0 || Within(own, path)) && own.IndexOfAny(['[', '{'], path.Length) < 0)
            {
                yield return slot;
            }
        }
    }

    /// <summary>Throws where a path is not in the reader's schema, or its column cannot take what is there.</summary>
    internal void Require(AvroSchema reader)
    {
        foreach (var (path, kind) in _all)
        {
            if (!Fits(reader, path, kind))
            {
                throw new ArgumentException($"{path} cannot go into a {kind} column: the schema {reader.Title} has no such path, or another type there.");
            }

            var items = path.LastIndexOfAny(['[', '{']);
            if (items >= 0 && (SlotOf(path[..items]) is var rows && (rows < 0 || _all[rows].Kind != ColumnKind.Rows)))
            {
                throw new ArgumentException($"{path} needs {path[..items]} to be bound to a {ColumnKind.Rows} column.");
            }
        }
    }

    private static bool Fits(AvroSchema schema, string rest, ColumnKind column)
    {
        switch (schema.Kind)
        {
            case AvroKind.Union when rest == "|":
                return column == ColumnKind.Long;
            case AvroKind.Union:
                return schema.Branches.Any(branch => FitsBranch(branch, rest, column));
            case AvroKind.Record:
                var path = rest.StartsWith('.') ? rest[1..] : rest;
                var end = path.IndexOfAny(['.', '[', '{', '|']) is >= 0 and var at ? at : path.Length;
                return schema.Fields.FirstOrDefault(field => field.Name == path[..end]) is { } found && Fits(found.Schema, path[end..], column);
            case AvroKind.Array when rest.StartsWith("[]", StringComparison.Ordinal):
                return Fits(schema.Items!, rest[2..], column);
            case AvroKind.Map when rest == "{key}":
                return column is ColumnKind.Span or ColumnKind.Word;
            case AvroKind.Map when rest.StartsWith("{}", StringComparison.Ordinal):
                return Fits(schema.Items!, rest[2..], column);
            default:
                return rest.Length == 0 && Takes(column, schema);
        }
    }

    private static bool FitsBranch(AvroSchema branch, string rest, ColumnKind column)
    {
        var name = "|" + (branch.Name ?? AvroKinds.Names[(int)branch.Kind]);
        return rest.StartsWith('|') ? Within(rest, name) && Fits(branch, rest[name.Length..], column) : Fits(branch, rest, column);
    }

    private static bool Takes(ColumnKind column, AvroSchema schema) => column switch
    {
        ColumnKind.Long => schema.Kind is AvroKind.Boolean or AvroKind.Int or AvroKind.Long or AvroKind.Enum,
        ColumnKind.Double => schema.Kind is AvroKind.Float or AvroKind.Double,
        ColumnKind.Fixed16 => schema.Kind == AvroKind.Fixed && schema.Size == 16,
        ColumnKind.Span => schema.Kind is AvroKind.String or AvroKind.Bytes or AvroKind.Fixed or AvroKind.Map,
        ColumnKind.Word => schema.Kind is AvroKind.String or AvroKind.Bytes,
        _ => schema.Kind is AvroKind.Array or AvroKind.Map,
    };

    private static bool Within(string own, string path) =>
        own.StartsWith(path, StringComparison.Ordinal) && (own.Length == path.Length || own[path.Length] is '.' or '[' or '{' or '|');
}

/// <summary>The columns that records are read into, with what their values refer to.</summary>
/// <remarks>Made once for a pooled batch. Not thread-safe.</remarks>
public sealed class AvroTarget
{
    /// <summary>A target of the given columns, one for each slot.</summary>
    public AvroTarget(ColumnBindings bindings, params Column[] columns)
    {
        ArgumentNullException.ThrowIfNull(bindings);
        ArgumentNullException.ThrowIfNull(columns);
        (Bindings, Columns) = (bindings, [.. columns]);
        if (columns.Length != bindings.Count)
        {
            throw new ArgumentException($"{bindings.Count} columns are bound, {columns.Length} were given.", nameof(columns));
        }

        for (var slot = 0; slot < columns.Length; slot++)
        {
            var (path, kind) = bindings.All[slot];
            if (KindOf(columns[slot]) != kind)
            {
                throw new ArgumentException($"The column of {path} is bound as {kind}, and is a {columns[slot].GetType().Name}.", nameof(columns));
            }
        }
    }

    /// <summary>What the columns stand for.</summary>
    public ColumnBindings Bindings { get; }

    /// <summary>Where word columns have their ids from; set before reading.</summary>
    public Words Words { get; set; } = null!;

    /// <summary>Where in the batch's bytes <see cref="AvroPlan.Constants"/> stand; needed only for a plan that has some.</summary>
    public int ConstantsAt { get; set; }

    internal Column[] Columns { get; }

    /// <summary>Records that there is room for.</summary>
    internal int Rows { get; private set; }

    /// <summary>Makes room for rows, and takes all child rows back.</summary>
    public void Begin(int rows)
    {
        Rows = Math.Max(Rows, rows);
        foreach (var column in Columns)
        {
            column.Reserve(rows);
            if (column is RowsColumn children)
            {
                children.Used = 0;
            }
        }
    }

    private static ColumnKind KindOf(Column column) => column switch
    {
        LongColumn => ColumnKind.Long,
        DoubleColumn => ColumnKind.Double,
        Fixed16Column => ColumnKind.Fixed16,
        SpanColumn => ColumnKind.Span,
        WordColumn => ColumnKind.Word,
        RowsColumn => ColumnKind.Rows,
        _ => throw new ArgumentException($"{column?.GetType().Name ?? "null"} is no column that can be read into."),
    };
}
