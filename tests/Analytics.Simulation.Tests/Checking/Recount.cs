using System.Globalization;
using Analytics.Core.Avro;
using Analytics.Core.Chunks;
using Analytics.Core.Events;
using Analytics.Simulation.Tests.Making;

namespace Analytics.Simulation.Tests.Checking;

/// <summary>Sums of a cell.</summary>
internal readonly record struct Sums(long Events, long Units, long Revenue, long Discount)
{
    public static Sums operator +(Sums a, Sums b) => new(a.Events + b.Events, a.Units + b.Units, a.Revenue + b.Revenue, a.Discount + b.Discount);
}

/// <summary>What one user did in one half hour.</summary>
internal readonly record struct Visit(long Events, long PageViews, long Orders, long FirstAt, long LastAt)
{
    public static Visit operator +(Visit a, Visit b) => a.Events == 0 ? b : b.Events == 0 ? a : new(
        a.Events + b.Events, a.PageViews + b.PageViews, a.Orders + b.Orders, Math.Min(a.FirstAt, b.FirstAt), Math.Max(a.LastAt, b.LastAt));
}

/// <summary>What became of one record.</summary>
internal enum Outcome
{
    Accepted,
    Duplicate,
    Filtered,
    Rejected,
}

/// <summary>Counts what was made, by the rules of SEMANTICS.md and DESIGN.md alone: no code of the worker takes part.</summary>
internal sealed class Recount
{
    private readonly Plan _plan;
    private readonly IReadOnlyList<MadeVersion> _versions;
    private readonly Func<LogKey, long, bool> _isKnown;
    private readonly Dictionary<LogKey, List<(long Offset, Guid Id)>> _accepted = [];

    /// <summary>Counts.</summary>
    /// <param name="plan">Size of chunks, horizon.</param>
    /// <param name="versions">Versions of the rules.</param>
    /// <param name="logs">The logs; of one topic and partition the oldest first.</param>
    /// <param name="isKnown">Whether a chunk goes by the schema that was registered late: what was settled first, which nothing but the run decides.</param>
    public Recount(Plan plan, IReadOnlyList<MadeVersion> versions, IReadOnlyList<MadeLog> logs, Func<LogKey, long, bool> isKnown)
    {
        (_plan, _versions, _isKnown) = (plan, versions, isKnown);
        foreach (var log in logs)
        {
            Count(log, KnownBefore([.. logs.Where(older => (older.Topic, older.Partition) == (log.Topic, log.Partition) && older.Life < log.Life)]));
        }
    }

    /// <summary>Sums by tenant, minute and dimensions.</summary>
    public Dictionary<string, Sums> Cells { get; } = new(StringComparer.Ordinal);

    /// <summary>Sums by tenant, minute, product, name and currency.</summary>
    public Dictionary<string, Sums> Products { get; } = new(StringComparer.Ordinal);

    /// <summary>Users and sessions, by tenant, minute and dimensions.</summary>
    public Dictionary<string, (HashSet<long> Users, HashSet<string> Sessions)> Uniques { get; } = new(StringComparer.Ordinal);

    /// <summary>Visits by tenant, half hour and user.</summary>
    public Dictionary<string, Visit> Visits { get; } = new(StringComparer.Ordinal);

    /// <summary>Every accepted event, and the offsets at which it was accepted.</summary>
    public Dictionary<string, List<(LogKey Log, long Offset)>> Events { get; } = new(StringComparer.Ordinal);

    /// <summary>Every line of an accepted order, with its revenue.</summary>
    public Dictionary<string, long> Lines { get; } = new(StringComparer.Ordinal);

    /// <summary>Every accepted stock level.</summary>
    public Dictionary<string, long> Stock { get; } = new(StringComparer.Ordinal);

    /// <summary>Every rejected record and its reason.</summary>
    public Dictionary<(LogKey Log, long Offset), string> Rejected { get; } = [];

    /// <summary>The ledger of each log, in order.</summary>
    public Dictionary<LogKey, List<CountedChunk>> Ledgers { get; } = [];

    /// <summary>Live figures by log and chunk, record by record.</summary>
    public Dictionary<(LogKey Log, long Chunk), List<(long Offset, ulong Tenant, int Minute, long[] Figures)>> Live { get; } = [];

    /// <summary>Users by tenant and minute.</summary>
    public HashSet<(ulong Tenant, int Minute, ulong User)> Visitors { get; } = [];

    // The events that older logs brought, as if the logs followed each other: this one begins at 0.
    private Dictionary<Guid, long> KnownBefore(IReadOnlyList<MadeLog> older)
    {
        var known = new Dictionary<Guid, long>();
        var end = -older.Sum(log => log.Records[^1].Offset + 1);
        foreach (var log in older)
        {
            foreach (var (offset, id) in _accepted[log.Key])
            {
                known[id] = offset + end;
            }

            end += log.Records[^1].Offset + 1;
        }

        return known;
    }

    private void Count(MadeLog log, Dictionary<Guid, long> known)
    {
        var ledger = Ledgers[log.Key] = [];
        _accepted[log.Key] = [];
        long previous = -1;
        foreach (var made in log.Records)
        {
            var record = made;
            var opens = ledger.Count == 0 || ledger[^1].Bytes >= _plan.ChunkBytes || record.Offset / _plan.ChunkSize != previous / _plan.ChunkSize
                || record.Timestamp - ledger[^1].FirstTimestamp >= (long)ChunkBorder.MaxAge.TotalMilliseconds;
            if (opens)
            {
                ledger.LastOrDefault()?.End(record.Offset);
                ledger.Add(new CountedChunk(record.Offset, record.Timestamp, MadeVersion.At(_versions, record.Timestamp)));
                Live[(log.Key, record.Offset)] = [];
            }

            record = record.IsOfLateSchema && !_isKnown(log.Key, ledger[^1].First)
                ? record with { Event = null, Id = Guid.Empty, Defect = "unknown_schema" }
                : Traffic.Judged(record, ledger[^1].Rules);
            var outcome = OutcomeOf(record, known);
            ledger[^1].Add(record, outcome);
            if (outcome == Outcome.Accepted)
            {
                Accept(log, record);
                _accepted[log.Key].Add((record.Offset, record.Id));
                Live[(log.Key, ledger[^1].First)].Add(LiveOf(record));
            }
            else if (outcome == Outcome.Rejected)
            {
                Rejected[(log.Key, record.Offset)] = record.Defect!;
            }

            previous = record.Offset;
        }
    }

    private Outcome OutcomeOf(MadeRecord record, Dictionary<Guid, long> known)
    {
        if (record.Event is null)
        {
            return record.Bytes is null ? Outcome.Filtered : Outcome.Rejected;
        }

        var isKnown = false;
        if (record.Id != Guid.Empty)
        {
            isKnown = known.TryGetValue(record.Id, out var before) && record.Offset - before <= _plan.Horizon;
            known[record.Id] = record.Offset;
        }

        return isKnown ? Outcome.Duplicate : record.Defect is not null ? Outcome.Rejected : Outcome.Accepted;
    }

    private void Accept(MadeLog log, MadeRecord record)
    {
        var made = record.Event!;
        var (name, user, session) = made switch
        {
            ClickstreamEvent click => (click.Name, click.UserId, click.SessionId),
            OrderEvent order => ("order_" + order.Status.ToString().ToLowerInvariant(), order.UserId, order.SessionId),
            _ => ("stock_level", null, null),
        };
        var window = Math.DivRem(record.EventTime, 60_000).Quotient * 60;
        var currency = (made as OrderEvent)?.Currency ?? "";
        var lines = (made as OrderEvent)?.Lines ?? [];
        var sums = new Sums(1, lines.Sum(line => (long)line.Quantity), lines.Sum(RevenueOf), lines.Sum(line => line.Discount));
        Add(Cells, Key(made.TenantId, window, name, record.Country, record.Device, record.Source, currency, record.IsBot), sums);
        CountProducts(record, window, name);
        CountUser(record, Key(made.TenantId, window, name, record.Country, record.Device, record.Source, record.IsBot), window, user, session);
        var day = record.EventTime / 86_400_000;
        var id = made.EventId.ToString("N");
        var key = Key(made.TenantId, day, name, id);
        if (!Events.TryGetValue(key, out var places))
        {
            Events.Add(key, places = []);
        }

        places.Add((log.Key, record.Offset));
        for (var line = 0; line < lines.Count; line++)
        {
            Lines[Key(made.TenantId, day, ((OrderEvent)made).OrderId, ((OrderEvent)made).Status.ToString().ToLowerInvariant(), id, line)] = RevenueOf(lines[line]);
        }

        if (made is StockEvent stock)
        {
            Stock[Key(made.TenantId, stock.ProductId, record.EventTime, id)] = stock.Stock;
        }
    }

    private void CountProducts(MadeRecord record, long window, string name)
    {
        if (record.Event is ClickstreamEvent { ProductId: { } product } click)
        {
            Add(Products, Key(click.TenantId, window, product, name, ""), new Sums(1, 0, 0, 0));
        }

        foreach (var line in (record.Event as OrderEvent)?.Lines ?? [])
        {
            Add(Products, Key(record.Event!.TenantId, window, line.ProductId, name, ((OrderEvent)record.Event).Currency), new Sums(1, line.Quantity, RevenueOf(line), line.Discount));
        }
    }

    private void CountUser(MadeRecord record, string key, long window, string? user, string? session)
    {
        if (user is null)
        {
            return;
        }

        if (!Uniques.TryGetValue(key, out var sets))
        {
            Uniques.Add(key, sets = ([], []));
        }

        // The hash is part of what is stored, and fixed for ever; its own tests hold it.
        var hash = Hash64.Of(System.Text.Encoding.UTF8.GetBytes(user));
        sets.Users.Add((long)hash);
        if (session is not null)
        {
            sets.Sessions.Add($"{user}/{session}");
        }

        Visitors.Add(((ulong)record.Event!.TenantId, (int)(window / 60), hash));
        var halfHour = Key(record.Event.TenantId, record.EventTime / 1_800_000 * 1_800, (long)hash);
        Visits[halfHour] = Visits.GetValueOrDefault(halfHour) + new Visit(
            1, record.Event is ClickstreamEvent { Name: "page_view" } ? 1 : 0, record.Event is OrderEvent { Status: OrderStatus.Placed } ? 1 : 0, record.EventTime, record.EventTime);
    }

    // In the order of LiveFigure: revenue, orders, units, page views, add to cart, checkout starts, discount, refunds, events.
    private static (long Offset, ulong Tenant, int Minute, long[] Figures) LiveOf(MadeRecord record)
    {
        var figures = new long[9];
        figures[8] = 1;
        switch (record.Event)
        {
            case ClickstreamEvent click:
                figures[3] = click.Name == "page_view" ? 1 : 0;
                figures[4] = click.Name == "add_to_cart" ? 1 : 0;
                figures[5] = click.Name == "checkout_start" ? 1 : 0;
                break;
            case OrderEvent { Status: OrderStatus.Placed } order:
                (figures[0], figures[1]) = (order.Lines.Sum(RevenueOf), 1);
                (figures[2], figures[6]) = (order.Lines.Sum(line => (long)line.Quantity), order.Lines.Sum(line => line.Discount));
                break;
            case OrderEvent { Status: OrderStatus.Refunded } order:
                figures[7] = order.Lines.Sum(RevenueOf);
                break;
        }

        return (record.Offset, (ulong)record.Event!.TenantId, (int)(record.EventTime / 60_000), figures);
    }

    /// <summary>Values of a key, joined.</summary>
    public static string Key(params ReadOnlySpan<object?> parts) => string.Join('|', parts!).ToString(CultureInfo.InvariantCulture);

    private static long RevenueOf(OrderLine line) => line.Quantity * line.UnitPrice - line.Discount;

    private static void Add(Dictionary<string, Sums> sums, string key, Sums some) => sums[key] = sums.GetValueOrDefault(key) + some;
}

/// <summary>One chunk as the log has it.</summary>
internal sealed class CountedChunk(long first, long firstTimestamp, MadeVersion rules)
{
    /// <summary>The rules that it counts by.</summary>
    public MadeVersion Rules => rules;

    public long First { get; } = first;

    public long FirstTimestamp => firstTimestamp;

    public long Last { get; private set; } = first;

    public long Read { get; private set; }

    public long Skipped { get; private set; }

    /// <summary>Of its records.</summary>
    public long Bytes { get; private set; }

    public long Accepted { get; private set; }

    public long Duplicate { get; private set; }

    public long Filtered { get; private set; }

    public SortedDictionary<string, long> Rejected { get; } = new(StringComparer.Ordinal);

    public long Revenue { get; private set; }

    public long? MinEventTime { get; private set; }

    public long? MaxEventTime { get; private set; }

    public void Add(MadeRecord record, Outcome outcome)
    {
        Skipped += Math.Max(0, record.Offset - Last - 1);
        Bytes += record.Bytes?.Length ?? 0;
        Last = record.Offset;
        Read++;
        switch (outcome)
        {
            case Outcome.Accepted:
                Accepted++;
                MinEventTime = Math.Min(MinEventTime ?? long.MaxValue, record.EventTime);
                MaxEventTime = Math.Max(MaxEventTime ?? long.MinValue, record.EventTime);
                Revenue += record.Event is OrderEvent { Status: OrderStatus.Placed } order ? order.Lines.Sum(line => line.Quantity * line.UnitPrice - line.Discount) : 0;
                break;
            case Outcome.Duplicate:
                Duplicate++;
                break;
            case Outcome.Filtered:
                Filtered++;
                break;
            default:
                Rejected[record.Defect!] = Rejected.GetValueOrDefault(record.Defect!) + 1;
                break;
        }
    }

    /// <summary>The next chunk begins.</summary>
    public void End(long next) => Skipped += next - Last - 1;

    /// <summary>As a ledger row says it.</summary>
    public override string ToString() =>
        $"[{First}..{Last}] by version {rules.Version} read {Read}, skipped {Skipped} = {Accepted} + {Duplicate} + {Filtered} + ({string.Join(',', Rejected.Select(one => $"{one.Key}={one.Value}"))}), revenue {Revenue}, times {MinEventTime}..{MaxEventTime}";
}
