using System.Text.RegularExpressions;

namespace Analytics.Simulation.Tests.Faking;

/// <summary>What a table of schemas/clickhouse does with rows of one key: read from the schema, so that the simulation follows it.</summary>
/// <param name="Table">Its name.</param>
/// <param name="Engine">ReplacingMergeTree, AggregatingMergeTree or MergeTree.</param>
/// <param name="Version">The column whose highest value wins; null: the last row wins.</param>
/// <param name="Key">Columns of the sorting key.</param>
internal sealed partial record TableEngine(string Table, string Engine, string? Version, string[] Key)
{
    private const string Replacing = "ReplacingMergeTree";

    /// <summary>Every table of the schema files.</summary>
    public static IReadOnlyDictionary<string, TableEngine> All { get; } = ReadAll();

    public bool IsReplacing => Engine == Replacing;

    public bool IsAggregating => Engine == "AggregatingMergeTree";

    private static Dictionary<string, TableEngine> ReadAll()
    {
        var engines = new Dictionary<string, TableEngine>(StringComparer.Ordinal);
        foreach (var file in Directory.GetFiles(Folder(), "*.sql").Order(StringComparer.Ordinal))
        {
            foreach (Match table in Table_().Matches(File.ReadAllText(file)))
            {
                var version = table.Groups["version"].Value;
                var key = table.Groups["key"].Value.Split(',', StringSplitOptions.TrimEntries);
                engines[table.Groups["table"].Value] = new TableEngine(
                    table.Groups["table"].Value, table.Groups["engine"].Value, version.Length == 0 ? null : version, key);
            }
        }

        return engines;
    }

    private static string Folder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var schemas = Path.Combine(folder.FullName, "schemas", "clickhouse");
            if (Directory.Exists(schemas))
            {
                return schemas;
            }
        }

        throw new InvalidOperationException($"Expected schemas/clickhouse above {AppContext.BaseDirectory}: the simulation runs in a checkout of the repository.");
    }

    [GeneratedRegex(@"CREATE TABLE IF NOT EXISTS (?<table>\w+)\s*\(.*?\)\s*ENGINE = (?<engine>\w+)(?:\((?<version>\w*)\))?\s.*?ORDER BY \(?(?<key>[^;)]*?)\)?\s*(?:TTL[^;]*|SETTINGS[^;]*)?;", RegexOptions.Singleline)]
    private static partial Regex Table_();
}
