using Analytics.Core.Questions;

namespace Analytics.Storage.ClickHouse.Questions;

/// <summary>Trends that are asked together, such as the tiles of a page: those that read the same minutes of the same cells share one statement.</summary>
/// <remarks>
/// All are announced first, by one thread; then each is asked with the batch, by any. The first that needs a statement sends it for all. Only sums and sketches are shared, and only
/// where neither a filter nor a breakdown tells rows apart: nothing in such a statement can make it too costly for the others.
/// </remarks>
/// <param name="now">The moment of all of them, so that "the last 7 days" ends with the same minute.</param>
public sealed class TrendBatch(DateTimeOffset now)
{
    private readonly Dictionary<Rows, Shared> _shared = [];

    /// <summary>The moment of all of them.</summary>
    public DateTimeOffset Now { get; } = now;

    /// <summary>A question of the batch, and a range in which it will be asked.</summary>
    public void Announce(TrendQuestion question, TimeRange range)
    {
        foreach (var (table, part) in question.Metrics.SelectMany(metric => TrendPart.Of(metric, question.TableOf(metric))).Where(part => IsShared(question, part.Table)))
        {
            var key = KeyOf(question, table, range);
            if (!_shared.TryGetValue(key, out var shared))
            {
                _shared.Add(key, shared = new());
            }

            shared.Announce(part);
        }
    }

    /// <summary>The statement that a question shares; null where it has its own.</summary>
    internal Shared? Find(TrendQuestion question, Facts table, TimeRange range) => IsShared(question, table) ? _shared.GetValueOrDefault(KeyOf(question, table, range)) : null;

    private static bool IsShared(TrendQuestion question, Facts table) =>
        table is Facts.Cells or Facts.Uniques && question is { Filter: null, Breakdown.Count: 0 };

    private static Rows KeyOf(TrendQuestion question, Facts table, TimeRange range) =>
        new(table, question.Granularity, range, question.Scope.Zone.Id, question.Scope.Currency, question.Scope.WithBots);

    private readonly record struct Rows(Facts Table, Granularity Granularity, TimeRange Range, string Zone, string Currency, bool WithBots);

    /// <summary>One statement, and what it found.</summary>
    internal sealed class Shared
    {
        private readonly Lock _turn = new();
        private readonly List<TrendPart> _parts = [];
        private Task<SharedRows>? _rows;

        /// <summary>Adds a part that some question needs.</summary>
        public void Announce(TrendPart part)
        {
            if (!_parts.Contains(part))
            {
                _parts.Add(part);
            }
        }

        /// <summary>The values of some of its parts, point by point; null where one was not announced.</summary>
        /// <param name="parts">The parts.</param>
        /// <param name="ask">Sends the statement; called once.</param>
        /// <param name="cancel">Ends the waiting, not the statement, for which others wait as well.</param>
        public async Task<SharedRows?> OfAsync(IReadOnlyList<TrendPart> parts, Func<IReadOnlyList<TrendPart>, Task<SharedRows>> ask, CancellationToken cancel)
        {
            int[] places = [.. parts.Select(part => _parts.IndexOf(part))];
            if (places.Contains(-1))
            {
                return null;
            }

            Task<SharedRows> rows;
            lock (_turn)
            {
                rows = _rows ??= ask(_parts);
            }

            var found = await rows.WaitAsync(cancel).ConfigureAwait(false);
            return found with { Points = [.. found.Points.Select(row => (row.Point, places.Select(place => row.Values[place]).ToArray()))] };
        }
    }
}

/// <summary>What a statement found that several trends share.</summary>
/// <param name="Points">The values of the parts, point by point.</param>
/// <param name="LeavesOut">Whether rows were left out for their currency.</param>
internal sealed record SharedRows(IReadOnlyList<(long Point, double?[] Values)> Points, bool LeavesOut);
