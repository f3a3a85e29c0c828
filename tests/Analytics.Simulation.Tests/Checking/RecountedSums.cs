using System.Globalization;
using Analytics.Core.Avro;
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

/// <summary>What accepted records add up to, in every table and in the live store.</summary>
internal sealed class RecountedSums
{
    /// <summary>Adds up.</summary>
    /// <param name="ledgers">The chunks of each log.</param>
    /// <param name="accepted">The accepted records of each log, as they were judged, with the first offset of their chunk.</param>
    public RecountedSums(Dictionary<LogKey, List<CountedChunk>> ledgers, Dictionary<LogKey, List<(long Chunk, MadeRecord Record)>> accepted)
    {
        foreach (var (log, chunks) in ledgers)
        {
            chunks.ForEach(chunk => Live[(log, chunk.First)] = []);
            foreach (var (chunk, record) in accepted[log])
            {
                Accept(log, record);
                Live[(log, chunk)].Add(LiveOf(record));
            }
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

    /// <summary>Live figures by log and chunk, record by record.</summary>
    public Dictionary<(LogKey Log, long Chunk), List<(long Offset, ulong Tenant, int Minute, long[] Figures)>> Live { get; } = [];

    /// <summary>Users by tenant and minute.</summary>
    public HashSet<(ulong Tenant, int Minute, ulong User)> Visitors { get; } = [];

    private void Accept(LogKey log, MadeRecord record)
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

        places.Add((log, record.Offset));
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
