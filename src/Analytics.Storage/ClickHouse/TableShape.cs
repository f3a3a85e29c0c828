namespace Analytics.Storage.ClickHouse;

/// <summary>How a table is cut into partitions: an insert makes one part for each partition that it touches.</summary>
public enum PartitionedBy
{
    /// <summary>One partition.</summary>
    Nothing,

    /// <summary>By <c>toYYYYMMDD</c> of its time.</summary>
    Day,

    /// <summary>By <c>toYYYYMM</c> of its time.</summary>
    Month,
}

/// <summary>What the worker sends to one table: its columns, in order, and the statement that takes them.</summary>
/// <param name="Table">Name of the table.</param>
/// <param name="PartitionedBy">How the table is partitioned.</param>
/// <param name="Columns">Columns as they are sent.</param>
/// <param name="Select">For columns that are computed on arrival: the expressions of a <c>SELECT</c> over the sent columns; else null.</param>
public sealed record TableShape(string Table, PartitionedBy PartitionedBy, NativeColumnShape[] Columns, string? Select = null)
{
    /// <summary>The insert statement; blocks in Native format follow as the body.</summary>
    public string Insert { get; } = Select is null
        ? $"INSERT INTO {Table} ({Names(Columns)}) FORMAT Native"
        : $"INSERT INTO {Table} ({Names(Columns)}) SELECT {Select} FROM input('{Structure(Columns)}') FORMAT Native";

    /// <summary>The number of the partition that a time belongs to; consecutive partitions have consecutive numbers.</summary>
    /// <param name="unixSeconds">The time that the table is partitioned by.</param>
    public long PartitionOf(long unixSeconds)
    {
        switch (PartitionedBy)
        {
            case PartitionedBy.Day:
                return Math.DivRem(unixSeconds, 86_400).Quotient;
            case PartitionedBy.Month:
                var day = DateTime.UnixEpoch.AddSeconds(unixSeconds);
                return day.Year * 12L + day.Month - 1;
            default:
                return 0;
        }
    }

    private static string Names(NativeColumnShape[] columns) => string.Join(", ", columns.Select(column => column.Name));

    private static string Structure(NativeColumnShape[] columns) =>
        string.Join(", ", columns.Select(column => $"{column.Name} {column.Type.Replace("'", "\\'", StringComparison.Ordinal)}"));
}
