using System.Text.Json;
using Analytics.Core.Questions;
using Analytics.Core.Rates;

namespace Analytics.Storage.ClickHouse.Questions;

/// <summary>Reads trends: every metric from the cheapest table that knows it, put together by group and point.</summary>
/// <remarks>Any thread. Throws as <see cref="QuestionStore"/>.</remarks>
public sealed class TrendQueries(QuestionStore store, RolledPeriods periods)
{
    // Sketches are exact to here; schemas/clickhouse names their size.
    private const double ExactUsers = 4_096;

    // The group of everything: of a question without a breakdown.
    private const string Everything = "[\"\"]";

    /// <summary>The figures of a range.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="question">The question.</param>
    /// <param name="range">The question's range, or the one that it is compared with.</param>
    /// <param name="ranked">The range over which the groups are ranked: the question's.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<TrendFigures> OfAsync(long tenant, TrendQuestion question, TimeRange range, TimeRange ranked, CancellationToken cancel) =>
        OfAsync(tenant, question, range, ranked, batch: null, cancel);

    /// <summary>As the other, one of several that are asked together.</summary>
    public async Task<TrendFigures> OfAsync(long tenant, TrendQuestion question, TimeRange range, TimeRange ranked, TrendBatch? batch, CancellationToken cancel)
    {
        var side = new Side(question, range, await RolledAsync(question, cancel).ConfigureAwait(false));
        var conversion = side.Starts.Length > 0 ? await FillAsync(side, tenant, question, ranked, batch, cancel).ConfigureAwait(false) : null;
        return FiguresOf(question, side, conversion);
    }

    /// <summary>The figures of the question's range, over which the groups are ranked, and of the one that it is compared with.</summary>
    /// <remarks>
    /// One statement for both where it can be: most of what it costs are the parts that it opens, not the rows. Two where raw events are read, whose rows count against the limit of a
    /// question, where the ranges overlap, where others of the batch read the same, and where amounts have to be converted.
    /// </remarks>
    public async Task<(TrendFigures Now, TrendFigures Before)> ComparedAsync(
        long tenant, TrendQuestion question, TimeRange range, TimeRange other, TrendBatch? batch, CancellationToken cancel)
    {
        if (await TogetherAsync(tenant, question, range, other, batch, cancel).ConfigureAwait(false) is { } both)
        {
            return both;
        }

        var now = OfAsync(tenant, question, range, range, batch, cancel);
        var before = OfAsync(tenant, question, other, range, batch, cancel);
        await Task.WhenAll(now, before).ConfigureAwait(false);
        return (await now.ConfigureAwait(false), await before.ConfigureAwait(false));
    }

    private static TrendFigures FiguresOf(TrendQuestion question, Side side, Conversion? conversion)
    {
        var metrics = question.Metrics.Select(metric => new Pick([.. TrendPart.Of(metric, question.TableOf(metric)).Select(part => PlaceOf(side.Reads, part))])).ToList();
        var groups = Assemble(question, side.Starts, side.Reads, metrics);
        // Events that no metric counts make no group.
        var told = question.Breakdown.Count == 0 ? groups : groups.FindAll(group => group.Totals.Where((total, index) => total != metrics[index].Nothing).Any());
        return new(
            side.Starts,
            [.. told.OrderBy(group => group.Labels is null).ThenByDescending(group => group.Totals[0] ?? double.MinValue).ThenBy(group => string.Join('\0', group.Labels ?? []), StringComparer.Ordinal)],
            [.. side.Reads.SelectMany(read => Columns.Sources(read.Table, side.Covered.Cover)).Distinct().Order(StringComparer.Ordinal)],
            side.Reads.Exists(read => read.HasManyUsers()),
            conversion);
    }

    private static (Read Read, int Index) PlaceOf(List<Read> reads, (Facts Table, TrendPart Part) part)
    {
        var read = reads.Find(read => read.Table == part.Table)!;
        return (read, read.Parts.IndexOf(part.Part));
    }

    private static List<TrendGroup> Assemble(TrendQuestion question, DateTimeOffset[] starts, List<Read> reads, List<Pick> metrics)
    {
        var places = starts.Select((start, index) => (start, index)).ToDictionary(pair => pair.start, pair => pair.index);
        var groups = new Dictionary<string, TrendGroup>(StringComparer.Ordinal);
        TrendGroup GroupOf(string label)
        {
            if (!groups.TryGetValue(label, out var group))
            {
                groups.Add(label, group = Empty(LabelsOf(label, question.Breakdown.Count), metrics, starts.Length));
            }

            return group;
        }

        if (question.Breakdown.Count == 0)
        {
            GroupOf(Everything);
        }

        foreach (var key in reads.SelectMany(read => read.Rows.Keys).Distinct())
        {
            var group = GroupOf(key.Label);
            if (key.Point == 0)
            {
                metrics.ForEach((metric, index) => group.Totals[index] = metric.At(key));
            }
            else if (places.TryGetValue(BucketSql.StartOf(key.Point, question.Granularity, question.Scope.Zone), out var place))
            {
                metrics.ForEach((metric, index) => group.Points[index][place] = metric.At(key));
            }
        }

        return [.. groups.Values];
    }

    private static TrendGroup Empty(IReadOnlyList<string>? labels, List<Pick> metrics, int points)
    {
        double?[] Filled(double? value)
        {
            var values = new double?[points];
            Array.Fill(values, value);
            return values;
        }

        return new(labels, [.. metrics.Select(metric => metric.Nothing)], [.. metrics.Select(metric => Filled(metric.Nothing))]);
    }

    private static string[]? LabelsOf(string json, int count)
    {
        if (count == 0)
        {
            return [];
        }

        var labels = JsonSerializer.Deserialize<string[]>(json)!;
        return labels.Length == 0 ? null : labels;
    }

    // Nothing that is rolled up fits into a minute.
    private async Task<Rolled> RolledAsync(TrendQuestion question, CancellationToken cancel) =>
        question.Granularity > Granularity.Minute && Side.TablesOf(question).Any(table => table is Facts.Cells or Facts.Uniques)
            ? await periods.AllAsync(cancel).ConfigureAwait(false) : Rolled.None;

    // Null where it takes two statements.
    private async Task<(TrendFigures Now, TrendFigures Before)?> TogetherAsync(
        long tenant, TrendQuestion question, TimeRange range, TimeRange other, TrendBatch? batch, CancellationToken cancel)
    {
        var hasMoney = question.Metrics.Any(metric => metric.IsMoney);
        var rolled = await RolledAsync(question, cancel).ConfigureAwait(false);
        var (now, before) = (new Side(question, range, rolled), new Side(question, other, rolled));
        var canBeOne = now.Starts.Length > 0 && before.Starts.Length > 0 && other.End <= range.Start
            && now.Reads.TrueForAll(read => read.Table is Facts.Cells or Facts.Uniques && !IsShared(read, range) && !IsShared(read, other))
            && !(hasMoney && (store.Conversions.IsLikely(tenant) || (question.IsRankedByMoney && now.Reads.Count > 1)));
        if (!canBeOne)
        {
            return null;
        }

        var ranked = new CoveredRange(range, Cover.Of(range, [], rolled));
        await Task.WhenAll(now.Reads.Zip(before.Reads, (read, then) => FillBothAsync(read, then, tenant, question, (now, before), ranked, cancel))).ConfigureAwait(false);
        return now.Reads.Exists(read => read.LeavesOut) ? null : (FiguresOf(question, now, null), FiguresOf(question, before, null));

        bool IsShared(Read read, TimeRange of) => batch?.Find(question, read.Table, of) is not null;
    }

    private async Task FillBothAsync(
        Read read, Read then, long tenant, TrendQuestion question, (Side Now, Side Before) sides, CoveredRange ranked, CancellationToken cancel)
    {
        var asked = new Asked(sides.Now.Covered, ranked, sides.Before.Covered, Conversion: null);
        (var rows, read.LeavesOut) = await AskAsync(tenant, question, read.Table, read.Parts, asked, cancel).ConfigureAwait(false);
        foreach (var row in rows)
        {
            (row.IsBefore ? then : read).Rows[(row.Point, row.Label)] = row.Values;
        }
    }

    // The rows of one statement, and whether it left some out for their currency.
    private async Task<(List<Row> Rows, bool LeavesOut)> AskAsync(
        long tenant, TrendQuestion question, Facts table, IReadOnlyList<TrendPart> parts, Asked asked, CancellationToken cancel)
    {
        var (countsForeign, leavesOut) = (TrendStatement.CountsForeign(parts, asked.Conversion), false);
        var first = question.Breakdown.Count == 0 ? 1 : 2;
        var (foreign, before) = (first + parts.Count, first + parts.Count + (countsForeign ? 1 : 0));
        var rows = await store.AskAsync(
            tenant,
            TrendStatement.Of(question, table, parts, asked.Range, asked.Ranked, asked.Conversion, asked.Before),
            row =>
            {
                leavesOut |= countsForeign && row[foreign].GetInt64() > 0;
                var label = question.Breakdown.Count == 0 ? Everything : row[1].GetRawText();
                return new Row(row[0].GetInt64(), label, [.. row.EnumerateArray().Skip(first).Take(parts.Count).Select(TrendPart.Read)], asked.Before is not null && row[before].GetInt32() == 1);
            },
            cancel).ConfigureAwait(false);
        return ([.. rows, .. TrendStatement.IsAdditive(table, parts, asked.Conversion) ? Totals(rows) : []], leavesOut);
    }

    private static IEnumerable<Row> Totals(List<Row> points) => points.GroupBy(row => (row.Label, row.IsBefore), (group, rows) =>
        new Row(Point: 0, group.Label, [.. rows.Select(row => row.Values).Aggregate((sum, values) => [.. sum.Zip(values, (left, right) => left + right)])], group.IsBefore));

    // Amounts of other currencies are asked for where there are some: the tenant had them before, the statement left some out, or groups are ranked by what it does not read.
    private async Task<Conversion?> FillAsync(Side side, long tenant, TrendQuestion question, TimeRange rankedRange, TrendBatch? batch, CancellationToken cancel)
    {
        var (reads, range, ranked) = (side.Reads, side.Covered, new CoveredRange(rankedRange, Cover.Of(rankedRange, [], side.Rolled)));
        var isAsked = question.Metrics.Any(metric => metric.IsMoney)
            && (store.Conversions.IsLikely(tenant) || (question.IsRankedByMoney && (reads.Count > 1 || range.Range != ranked.Range)));
        var conversion = isAsked ? await ConversionAsync().ConfigureAwait(false) : null;
        await Task.WhenAll(reads.Select(read => FillAsync(read, tenant, question, range, ranked, conversion, batch, cancel))).ConfigureAwait(false);
        if (!isAsked && reads.Exists(read => read.LeavesOut) && (conversion = await ConversionAsync().ConfigureAwait(false)) is not null)
        {
            await Task.WhenAll(reads.Select(read => FillAsync(read, tenant, question, range, ranked, conversion, batch, cancel))).ConfigureAwait(false);
        }

        return conversion;

        Task<Conversion?> ConversionAsync()
        {
            CoveredRange[] ranges = question.IsRankedByMoney && range.Range != ranked.Range ? [range, ranked] : [range];
            var tables = question.Metrics.Where(metric => metric.IsMoney).Select(question.TableOf).Distinct();
            return store.Conversions.OfAsync(
                tenant, question.Scope.Currency, [.. tables.SelectMany(table => ranges.Select(one => new AmountRows(Columns.Time(table), statement => TrendStatement.Amounts(statement, question, table, one))))], cancel);
        }
    }

    private async Task FillAsync(
        Read read, long tenant, TrendQuestion question, CoveredRange range, CoveredRange ranked, Conversion? conversion, TrendBatch? batch, CancellationToken cancel)
    {
        read.Rows.Clear();
        var asked = new Asked(range, ranked, Before: null, conversion);

        // What is converted stands alone: others may need the rates of other days.
        if (conversion is null && batch?.Find(question, read.Table, range.Range) is { } shared && await shared.OfAsync(read.Parts, AskForAllAsync, cancel).ConfigureAwait(false) is { } found)
        {
            foreach (var (point, values) in found.Points)
            {
                read.Rows[(point, Everything)] = values;
            }

            read.LeavesOut = found.LeavesOut;
            return;
        }

        (var own, read.LeavesOut) = await AskAsync(tenant, question, read.Table, read.Parts, asked, cancel).ConfigureAwait(false);
        foreach (var row in own)
        {
            read.Rows[(row.Point, row.Label)] = row.Values;
        }

        async Task<SharedRows> AskForAllAsync(IReadOnlyList<TrendPart> parts)
        {
            var (rows, leavesOut) = await AskAsync(tenant, question, read.Table, parts, asked, CancellationToken.None).ConfigureAwait(false);
            return new([.. rows.Select(row => (row.Point, row.Values))], leavesOut);
        }
    }

    // What a statement is about.
    private readonly record struct Asked(CoveredRange Range, CoveredRange Ranked, CoveredRange? Before, Conversion? Conversion);

    // What it says of a point, 0 for the whole, and a group.
    private readonly record struct Row(long Point, string Label, double?[] Values, bool IsBefore);

    // A range, how it is read, and what is read of it.
    private sealed class Side
    {
        public Side(TrendQuestion question, TimeRange range, Rolled rolled)
        {
            Rolled = rolled;
            Starts = range.Length > TimeSpan.Zero ? [.. Buckets.Of(range, question.Granularity, question.Scope.Zone)] : [];
            Covered = new(range, Cover.Of(range, Starts, rolled));
            Reads = [.. PartsOf(question).GroupBy(part => part.Table).Select(group => new Read(group.Key, [.. group.Select(part => part.Part).Distinct()]))];
        }

        public Rolled Rolled { get; }

        public DateTimeOffset[] Starts { get; }

        public CoveredRange Covered { get; }

        public List<Read> Reads { get; }

        public static IEnumerable<Facts> TablesOf(TrendQuestion question) => PartsOf(question).Select(part => part.Table);

        private static IEnumerable<(Facts Table, TrendPart Part)> PartsOf(TrendQuestion question) =>
            question.Metrics.SelectMany(metric => TrendPart.Of(metric, question.TableOf(metric)));
    }

    // What one statement gave: the parts of every point and group.
    private sealed record Read(Facts Table, List<TrendPart> Parts)
    {
        public Dictionary<(long Point, string Label), double?[]> Rows { get; } = [];

        // Whether rows that it is about were left out for their currency.
        public bool LeavesOut { get; set; }

        public bool HasManyUsers()
        {
            var users = Enumerable.Range(0, Parts.Count).Where(index => Parts[index].Kind == PartKind.Users).ToArray();
            return Rows.Values.Any(values => users.Any(index => values[index] > ExactUsers));
        }
    }

    // Where the parts of one metric stand.
    private sealed record Pick(IReadOnlyList<(Read Read, int Index)> Parts)
    {
        public double? Nothing => TrendPart.Value([.. Parts.Select(part => part.Read.Parts[part.Index].Nothing)]);

        public double? At((long Point, string Label) key) => TrendPart.Value(
            [.. Parts.Select(part => part.Read.Rows.TryGetValue(key, out var values) ? values[part.Index] : part.Read.Parts[part.Index].Nothing)]);
    }
}

/// <summary>Lists with the place of each item.</summary>
internal static class Places
{
    /// <summary>Does something with each item and its index.</summary>
    public static void ForEach<T>(this List<T> items, Action<T, int> act)
    {
        for (var index = 0; index < items.Count; index++)
        {
            act(items[index], index);
        }
    }
}
