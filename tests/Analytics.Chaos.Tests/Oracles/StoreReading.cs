using System.Text.Json;
using Analytics.Core.Chunks;
using Analytics.Storage.ClickHouse;

namespace Analytics.Chaos.Tests.Oracles;

/// <summary>Reads what ClickHouse shows, by SQL of its own.</summary>
internal sealed class StoreReading(ClickHouseClient clickHouse)
{
    /// <summary>All figures.</summary>
    public async Task<Recount> RecountAsync()
    {
        var found = new Recount();
        await CellsAsync(found);
        await EventsAsync(found);
        await foreach (var row in new Ledger(clickHouse).ReadAsync())
        {
            var key = (row.Chunk.Topic, row.Chunk.Partition);
            var sums = found.Accounts.GetValueOrDefault(key);
            found.Accounts[key] = new Accounts(
                sums.Read + row.Read, sums.Accepted + row.Accepted, sums.Duplicate + row.Duplicate, sums.Filtered + row.Filtered,
                sums.Rejected + row.RejectedTotal, sums.Revenue + row.Revenue);
        }

        return found;
    }

    /// <summary>What does not add up in the ledger: the check behind <c>analytics ledger verify</c>.</summary>
    public async Task<IReadOnlyList<string>> LedgerFaultsAsync() =>
        [.. LedgerCheck.Of(await LedgerAsync()).Faults.Select(fault => $"{fault.Chunk}: {fault.Text}")];

    /// <summary>The ledger's rows.</summary>
    public async Task<List<LedgerRow>> LedgerAsync()
    {
        var rows = new List<LedgerRow>();
        await foreach (var row in new Ledger(clickHouse).ReadAsync())
        {
            rows.Add(row);
        }

        return rows;
    }

    /// <summary>Records that the ledger explains.</summary>
    public async Task<long> CountedAsync() =>
        (await clickHouse.QueryAsync("SELECT toInt64(sum(read)) FROM ledger FINAL", row => row[0].GetInt64())).Single();

    /// <summary>Totals over all minutes: what may never fall.</summary>
    public async Task<Dictionary<(long Tenant, string Name), Sums>> TotalsAsync() => (await clickHouse.QueryAsync(
            "SELECT toInt64(tenant), name, sum(events), sum(units), sum(revenue), sum(discount) FROM cells FINAL GROUP BY tenant, name",
            row => (Key: (row[0].GetInt64(), row[1].GetString()!), Sums: SumsOf(row, 2))))
        .ToDictionary(one => one.Key, one => one.Sums);

    private async Task CellsAsync(Recount found)
    {
        await foreach (var (key, sums) in clickHouse.StreamAsync(
            "SELECT toInt64(tenant), intDiv(toUnixTimestamp(window), 60), name, sum(events), sum(units), sum(revenue), sum(discount) FROM cells FINAL GROUP BY tenant, window, name",
            row => (Key: (row[0].GetInt64(), row[1].GetInt64(), row[2].GetString()!), Sums: SumsOf(row, 3))))
        {
            found.Cells.Add(key, sums);
        }

        await foreach (var (key, sums) in clickHouse.StreamAsync(
            "SELECT toInt64(tenant), intDiv(toUnixTimestamp(window), 60), product_id, name, sum(events), sum(units), sum(revenue), sum(discount) FROM product_cells FINAL "
                + "GROUP BY tenant, window, product_id, name",
            row => (Key: (row[0].GetInt64(), row[1].GetInt64(), row[2].GetString()!, row[3].GetString()!), Sums: SumsOf(row, 4))))
        {
            found.Products.Add(key, sums);
        }

        await foreach (var (key, users) in clickHouse.StreamAsync(
            "SELECT toInt64(tenant), intDiv(toUnixTimestamp(window), 60), name, toInt64(uniqCombined64Merge(17)(users)) FROM uniques WHERE name != 'stock_level' "
                + "GROUP BY tenant, window, name",
            row => (Key: (row[0].GetInt64(), row[1].GetInt64(), row[2].GetString()!), Users: row[3].GetInt64())))
        {
            found.Users.Add(key, users);
        }
    }

    private async Task EventsAsync(Recount found)
    {
        await foreach (var (id, kept) in clickHouse.StreamAsync(
            "SELECT toString(event_id), toInt64(tenant), intDiv(toUnixTimestamp(event_time), 60), name, user_id, units, revenue FROM events FINAL",
            row => (Id: Guid.Parse(row[0].GetString()!),
                Kept: (row[1].GetInt64(), row[2].GetInt64(), row[3].GetString()!, row[4].GetString()!, row[5].GetInt64(), row[6].GetInt64()))))
        {
            found.Events.Add(id, kept);
        }

        await foreach (var (key, line) in clickHouse.StreamAsync(
            "SELECT toString(event_id), toInt32(line), product_id, quantity, revenue FROM order_lines FINAL",
            row => (Key: (Guid.Parse(row[0].GetString()!), row[1].GetInt32()), Line: (row[2].GetString()!, row[3].GetInt64(), row[4].GetInt64()))))
        {
            found.Lines.Add(key, line);
        }

        await foreach (var (key, reason) in clickHouse.StreamAsync(
            "SELECT topic, toInt32(kafka_partition), kafka_offset, reason FROM rejected FINAL",
            row => (Key: (row[0].GetString()!, row[1].GetInt32(), row[2].GetInt64()), Reason: row[3].GetString()!)))
        {
            found.Rejected.Add(key, reason);
        }
    }

    private static Sums SumsOf(JsonElement row, int first) =>
        new(row[first].GetInt64(), row[first + 1].GetInt64(), row[first + 2].GetInt64(), row[first + 3].GetInt64());
}
