using Analytics.Chaos.Tests.Loads;

namespace Analytics.Chaos.Tests.Oracles;

/// <summary>Sums of a cell.</summary>
internal readonly record struct Sums(long Events, long Units, long Revenue, long Discount)
{
    /// <summary>Both together.</summary>
    public static Sums operator +(Sums left, Sums right) =>
        new(left.Events + right.Events, left.Units + right.Units, left.Revenue + right.Revenue, left.Discount + right.Discount);
}

/// <summary>What became of a partition's records.</summary>
internal readonly record struct Accounts(long Read, long Accepted, long Duplicate, long Filtered, long Rejected, long Revenue);

/// <summary>The figures that the stores must show, or do show: the same shape, so that they can be compared.</summary>
internal sealed class Recount
{
    private const int MostDifferences = 20;

    /// <summary>By tenant, Unix minute and name.</summary>
    public Dictionary<(long Tenant, long Minute, string Name), Sums> Cells { get; } = [];

    /// <summary>By tenant, Unix minute, product and name.</summary>
    public Dictionary<(long Tenant, long Minute, string Product, string Name), Sums> Products { get; } = [];

    /// <summary>Distinct users by tenant, Unix minute and name.</summary>
    public Dictionary<(long Tenant, long Minute, string Name), long> Users { get; } = [];

    /// <summary>Raw events: what is kept of each.</summary>
    public Dictionary<Guid, (long Tenant, long Minute, string Name, string User, long Units, long Revenue)> Events { get; } = [];

    /// <summary>Lines of orders by event and position.</summary>
    public Dictionary<(Guid Event, int Line), (string Product, long Quantity, long Revenue)> Lines { get; } = [];

    /// <summary>Reasons of rejected records, by their place in the log.</summary>
    public Dictionary<(string Topic, int Partition, long Offset), string> Rejected { get; } = [];

    /// <summary>The ledger's sums, by partition.</summary>
    public Dictionary<(string Topic, int Partition), Accounts> Accounts { get; } = [];

    /// <summary>Adds a record that stands in the log for the first time and must be counted.</summary>
    public void Count(PlannedRecord record, Dictionary<(long, long, string), HashSet<string>> users)
    {
        var lines = record.Lines.Select(line => new Sums(0, line.Quantity, line.Revenue, line.Discount)).ToArray();
        var sums = lines.Aggregate(new Sums(1, 0, 0, 0), (sum, line) => sum + line);
        var cell = (record.Tenant, record.Minute, record.Name);
        Cells[cell] = Cells.GetValueOrDefault(cell) + sums;
        Events[record.Id] = (record.Tenant, record.Minute, record.Name, record.User, sums.Units, sums.Revenue);
        if (record.User.Length > 0)
        {
            var seen = users.TryGetValue(cell, out var known) ? known : users[cell] = new HashSet<string>(StringComparer.Ordinal);
            seen.Add(record.User);
            Users[cell] = seen.Count;
        }

        if (record.Product is { } product)
        {
            Add(record, product, new Sums(1, 0, 0, 0));
        }

        for (var i = 0; i < record.Lines.Count; i++)
        {
            var line = record.Lines[i];
            Add(record, line.Product, lines[i] with { Events = 1 });
            Lines[(record.Id, i)] = (line.Product, line.Quantity, line.Revenue);
        }
    }

    /// <summary>Adds the names and products of a tenant together, because it has more of them than are kept apart.</summary>
    public void Fold(long tenant)
    {
        const string All = "*";
        foreach (var (key, sums) in Cells.Where(one => one.Key.Tenant == tenant && one.Key.Name != All).ToList())
        {
            Cells.Remove(key);
            Cells[key with { Name = All }] = Cells.GetValueOrDefault(key with { Name = All }) + sums;
        }

        foreach (var (key, sums) in Products.Where(one => one.Key.Tenant == tenant && one.Key.Name != All).ToList())
        {
            Products.Remove(key);
            Products[key with { Product = All, Name = All }] = Products.GetValueOrDefault(key with { Product = All, Name = All }) + sums;
        }

        foreach (var key in Users.Keys.Where(key => key.Tenant == tenant).ToList())
        {
            Users.Remove(key);
        }
    }

    /// <summary>What this one has otherwise than <paramref name="found"/>; the first few of each kind.</summary>
    public IReadOnlyList<string> DifferencesTo(Recount found) =>
    [
        .. Differences("cell", Cells, found.Cells),
        .. Differences("product cell", Products, found.Products),
        .. Differences("users", Users, found.Users),
        .. Differences("raw event", Events, found.Events),
        .. Differences("order line", Lines, found.Lines),
        .. Differences("rejected", Rejected, found.Rejected),
        .. Differences("ledger", Accounts, found.Accounts),
    ];

    private static IEnumerable<string> Differences<TKey, TValue>(string what, Dictionary<TKey, TValue> expected, Dictionary<TKey, TValue> found)
        where TKey : notnull
        where TValue : notnull
    {
        var wrong = expected.Keys.Union(found.Keys)
            .Where(key => !(expected.TryGetValue(key, out var own) && found.TryGetValue(key, out var other) && own.Equals(other)))
            .ToList();
        return wrong.Take(MostDifferences)
            .Select(key => $"{what} {key}: expected {Text(expected, key)}, found {Text(found, key)}")
            .Concat(wrong.Count > MostDifferences ? [$"{what}: {wrong.Count} differences in all"] : []);
    }

    private static string Text<TKey, TValue>(Dictionary<TKey, TValue> figures, TKey key)
        where TKey : notnull =>
        figures.TryGetValue(key, out var value) ? value!.ToString()! : "nothing";

    private void Add(PlannedRecord record, string product, Sums sums)
    {
        var key = (record.Tenant, record.Minute, product, record.Name);
        Products[key] = Products.GetValueOrDefault(key) + sums;
    }
}
