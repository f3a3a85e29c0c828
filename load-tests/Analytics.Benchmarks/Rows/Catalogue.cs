using Analytics.Benchmarks.Harness;

namespace Analytics.Benchmarks.Rows;

/// <summary>Every row that is measured, by its number in the table of goals.</summary>
internal static class Catalogue
{
    /// <summary>The rows.</summary>
    public static readonly IReadOnlyList<(int Number, Func<Bench, Task<IReadOnlyList<Row>>> Measure)> Rows =
    [
        (1, async bench => [await DecodingRows.AgainstAvscAsync(bench.Live, bench.Folder)]),
        (2, async bench => [await DecodingRows.AgainstClickHouseAsync(bench.Live, bench.Folder, bench.Engine)]),
        (3, GraphRows.AgainstClickHouseAsync),
        (4, GraphRows.AgainstNaiveAsync),
        (5, GraphRows.AgainstLoopsAsync),
        (6, KafkaRows.AgainstBareDrainAsync),
        (7, KafkaRows.AgainstConsumeAsync),
        (8, AllocationRows.MeasureAsync),
        (9, SinkRows.HistoryAsync),
        (10, SinkRows.LiveAsync),
        (11, SinkRows.WholeAsync),
        (12, GraphRows.CoresAsync),
        (13, SystemRows.StallAsync),
        (14, SystemRows.GroupsAsync),
        (16, TenantState.MeasureAsync),
        (17, QuestionRows.MeasureAsync),
    ];
}
