using System.Net;
using System.Text.RegularExpressions;
using Analytics.Simulation.Tests.Running;

namespace Analytics.Simulation.Tests.Faking;

/// <summary>The tables of the history, shared by all workers.</summary>
internal sealed class SimulatedClickHouse
{
    private readonly Dictionary<string, SimulatedTable> _tables;

    public SimulatedClickHouse(StoreRules rules, Action<string> fail) =>
        _tables = TableEngine.All.Values.ToDictionary(engine => engine.Table, engine => new SimulatedTable(engine, rules, fail), StringComparer.Ordinal);

    /// <summary>Limits of chunks of topics, as first recorded.</summary>
    public Dictionary<string, Core.Chunks.ChunkLimits> ChunkLimits { get; } = [];

    /// <summary>The rows of a table, one a key.</summary>
    public IEnumerable<StoredRow> Rows(string table) => _tables[table].Rows.Values;

    /// <summary>Rows of a table that have arrived so far.</summary>
    public int Arrivals(string table) => _tables[table].Arrivals;

    /// <summary>Inserts blocks in Native format; half of their rows only, where a server was stopped between two parts.</summary>
    public void Insert(string table, byte[] body, bool half)
    {
        if (!_tables.TryGetValue(table, out var into))
        {
            throw new InvalidOperationException($"Expected a table of schemas/clickhouse, found {table}.");
        }

        var reader = new NativeReader(body);
        while (!reader.IsAtEnd)
        {
            var (columns, rows) = reader.Block();
            foreach (var row in half ? rows.AsSpan(..(rows.Length / 2)) : rows)
            {
                into.Insert(columns, row);
            }
        }
    }
}

/// <summary>ClickHouse's HTTP interface, as one worker meets it: takes inserts in Native format.</summary>
internal sealed partial class ClickHouseWire(World world, SimulatedWorker worker) : HttpMessageHandler
{
    private static readonly Dictionary<string, string?> Tables = new(StringComparer.Ordinal);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var table = TableOf(request.RequestUri!.Query);
        if (table is null || request.Content!.Headers.ContentEncoding.Count > 0)
        {
            throw new InvalidOperationException($"The simulated ClickHouse takes plain inserts in Native format, found {Uri.UnescapeDataString(request.RequestUri.Query)}.");
        }

        var body = await request.Content.ReadAsByteArrayAsync(CancellationToken.None).ConfigureAwait(false);
        var operation = new Operation<HttpResponseMessage>(
            worker, table, static () => new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent([]) },
            () => world.Dice.Below(2) == 0 ? new HttpRequestException("The connection was cut.") : new IOException("The connection was reset."),
            half => world.History.Insert(table, body, half));
        return await world.Wire.Send(operation, cancellationToken).ConfigureAwait(false);
    }

    // The same few queries come again and again.
    private static string? TableOf(string query)
    {
        if (!Tables.TryGetValue(query, out var table))
        {
            var insert = Insert().Match(Uri.UnescapeDataString(query));
            Tables.Add(query, table = insert.Success ? insert.Groups[1].Value : null);
        }

        return table;
    }

    [GeneratedRegex(@"query=INSERT INTO (\w+) .*FORMAT Native")]
    private static partial Regex Insert();
}
