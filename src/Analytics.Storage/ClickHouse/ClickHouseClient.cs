using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Analytics.Storage.ClickHouse;

/// <summary>ClickHouse over its HTTP interface: statements, rows in, rows out. For a server and for the one-machine port alike.</summary>
/// <remarks>
/// One per process, used by any number of threads. It retries nothing: <see cref="ClickHouseUnavailableException"/> says that a caller may, any other
/// <see cref="ClickHouseException"/> that it should not. Nothing is logged; a server's error text may quote a value of the data, so log its code.
/// Source: https://clickhouse.com/docs/interfaces/http.
/// </remarks>
public sealed class ClickHouseClient : IDisposable
{
    private const string RowFormat = "JSONCompactEachRow";

    private static readonly KeyValuePair<string, string>[] QuerySettings =
    [
        new("default_format", RowFormat),
        new("output_format_json_quote_64bit_integers", "0"),
        new("cancel_http_readonly_queries_on_client_close", "1"),
        new("readonly", "2"),
    ];

    // An answer has to mean that the rows are in a part on disk, whatever the server's profile says. Rows of one insert are not merged before they are written:
    // it costs three times what writing them does, and readers use FINAL anyway (docs/decisions/0012).
    private static readonly KeyValuePair<string, string>[] InsertSettings =
        [new("async_insert", "0"), new("wait_end_of_query", "1"), new("optimize_on_insert", "0")];
    private static readonly KeyValuePair<string, string>[] StatementSettings = [new("wait_end_of_query", "1")];

    private readonly ClickHouseOptions _options;
    private readonly TimeSpan _limit;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;

    /// <summary>Makes a client; opens no connection yet.</summary>
    public ClickHouseClient(ClickHouseOptions options, TimeProvider time)
        : this(options, time, Sockets(options))
    {
    }

    /// <summary>A client over another wire.</summary>
    internal ClickHouseClient(ClickHouseOptions options, TimeProvider time, HttpMessageHandler wire)
    {
        _options = options;
        _limit = TimeSpan.FromSeconds(options.TimeoutSeconds);
        _time = time;
        _http = new(wire)
        {
            BaseAddress = options.Url,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        var headers = _http.DefaultRequestHeaders;
        headers.Add("X-ClickHouse-User", options.User);
        headers.Add("X-ClickHouse-Key", options.Password);
    }

    /// <summary>The database of all statements.</summary>
    public string Database => _options.Database;

    /// <summary>Asks whether the server is there; neither the user nor the database is checked.</summary>
    /// <exception cref="ClickHouseUnavailableException">It does not answer.</exception>
    public async Task PingAsync(CancellationToken cancel = default)
    {
        using var limit = new TimeLimit(_limit, _time, cancel);
        using var answer = await SendAsync(new(HttpMethod.Get, "/ping"), limit).ConfigureAwait(false);
    }

    /// <summary>Runs a statement without rows: DDL, INSERT … SELECT, ALTER.</summary>
    /// <exception cref="ClickHouseUnavailableException">ClickHouse is away.</exception>
    /// <exception cref="ClickHouseException">ClickHouse refused the statement.</exception>
    public Task<ClickHouseSummary> ExecuteAsync(
        string sql,
        IReadOnlyDictionary<string, object?>? parameters = null,
        IReadOnlyDictionary<string, string>? settings = null,
        CancellationToken cancel = default) =>
        SummaryAsync(Request(Address(Database, null, StatementSettings, parameters, settings), new StringContent(sql, Encoding.UTF8)), cancel);

    /// <summary>Runs a statement outside of the database, which may not exist yet.</summary>
    /// <exception cref="ClickHouseException">As <see cref="ExecuteAsync"/>.</exception>
    internal Task<ClickHouseSummary> ExecuteOutsideAsync(string sql, CancellationToken cancel) =>
        SummaryAsync(Request(Address(null, null, StatementSettings, null, null), new StringContent(sql, Encoding.UTF8)), cancel);

    /// <summary>Runs a SELECT without FORMAT and returns all rows. A row is a JSON array in the order of the columns; 64-bit integers are numbers.</summary>
    /// <param name="sql">The statement, values as <c>{name:Type}</c>.</param>
    /// <param name="read">Makes a value of a row; the row is valid during the call only.</param>
    /// <param name="parameters">Values by name, see <see cref="ClickHouseText.OfParameter"/>.</param>
    /// <param name="settings">Settings of this statement.</param>
    /// <param name="cancel">Gives up; the server then stops the statement.</param>
    /// <exception cref="ClickHouseUnavailableException">ClickHouse is away.</exception>
    /// <exception cref="ClickHouseException">ClickHouse refused the statement.</exception>
    public async Task<List<T>> QueryAsync<T>(
        string sql,
        Func<JsonElement, T> read,
        IReadOnlyDictionary<string, object?>? parameters = null,
        IReadOnlyDictionary<string, string>? settings = null,
        CancellationToken cancel = default)
    {
        var rows = new List<T>();
        await foreach (var row in StreamAsync(sql, read, parameters, settings, cancel).ConfigureAwait(false))
        {
            rows.Add(row);
        }

        return rows;
    }

    /// <summary>As <see cref="QueryAsync"/>, row by row, for answers too large for memory. The time limit counts from row to row.</summary>
    /// <exception cref="ClickHouseUnavailableException">ClickHouse is away, perhaps after some rows.</exception>
    /// <exception cref="ClickHouseException">ClickHouse refused the statement, perhaps after some rows.</exception>
    public async IAsyncEnumerable<T> StreamAsync<T>(
        string sql,
        Func<JsonElement, T> read,
        IReadOnlyDictionary<string, object?>? parameters = null,
        IReadOnlyDictionary<string, string>? settings = null,
        [EnumeratorCancellation] CancellationToken cancel = default)
    {
        using var limit = new TimeLimit(_limit, _time, cancel);
        using var answer = await SendAsync(
            Request(Address(Database, null, QuerySettings, parameters, settings), new StringContent(sql, Encoding.UTF8)), limit).ConfigureAwait(false);
        var reader = PipeReader.Create(await answer.Content.ReadAsStreamAsync(limit.Token).ConfigureAwait(false));
        for (var isLast = false; !isLast;)
        {
            var result = await limit.GuardAsync(token => reader.ReadAsync(token).AsTask()).ConfigureAwait(false);
            limit.Restart();
            isLast = result.IsCompleted;
            var rest = result.Buffer;
            while (ClickHouseLines.TryTake(ref rest, isLast, out var line))
            {
                yield return ClickHouseLines.ReadRow(line, read);
            }

            reader.AdvanceTo(rest.Start, rest.End);
        }
    }

    /// <summary>Inserts rows that stand in memory. The body is sent as it is, in the format that <paramref name="sqlHead"/> names.</summary>
    /// <param name="sqlHead">For example <c>INSERT INTO cells (tenant, …) FORMAT RowBinary</c>.</param>
    /// <param name="body">The rows; not kept.</param>
    /// <param name="settings">Settings of this statement.</param>
    /// <param name="cancel">Gives up; whether the rows were inserted is then unknown.</param>
    /// <exception cref="ClickHouseUnavailableException">ClickHouse is away: the rows may or may not be there.</exception>
    /// <exception cref="ClickHouseException">ClickHouse refused the statement or the data.</exception>
    public Task<ClickHouseSummary> InsertAsync(
        string sqlHead, ReadOnlyMemory<byte> body, IReadOnlyDictionary<string, string>? settings = null, CancellationToken cancel = default) =>
        InsertAsync(sqlHead, new ReadOnlyMemoryContent(body), settings, cancel);

    /// <summary>Inserts rows that stand in several pieces of memory.</summary>
    /// <exception cref="ClickHouseException">As the other overload.</exception>
    public Task<ClickHouseSummary> InsertAsync(
        string sqlHead, ReadOnlySequence<byte> body, IReadOnlyDictionary<string, string>? settings = null, CancellationToken cancel = default) =>
        InsertAsync(sqlHead, new WrittenContent(WriteSequence(body), body.Length), settings, cancel);

    /// <summary>Inserts rows that <paramref name="write"/> writes while they are sent, in chunks, so that no buffer holds them all.</summary>
    /// <exception cref="ClickHouseException">As the other overloads. What <paramref name="write"/> throws comes out as it is.</exception>
    public Task<ClickHouseSummary> InsertAsync(
        string sqlHead, Func<Stream, CancellationToken, Task> write, IReadOnlyDictionary<string, string>? settings = null, CancellationToken cancel = default) =>
        InsertAsync(sqlHead, new WrittenContent(write, null), settings, cancel);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static Func<Stream, CancellationToken, Task> WriteSequence(ReadOnlySequence<byte> body) => async (stream, cancel) =>
    {
        foreach (var piece in body)
        {
            await stream.WriteAsync(piece, cancel).ConfigureAwait(false);
        }
    };

    private static SocketsHttpHandler Sockets(ClickHouseOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new()
        {
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = TimeSpan.FromSeconds(options.ConnectTimeoutSeconds),
            MaxConnectionsPerServer = options.Connections,
            // Below the server's keep_alive_timeout, so that a request does not meet a connection that the server just closed.
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(8),
            UseProxy = false,
            UseCookies = false,
        };
    }

    private static HttpRequestMessage Request(string address, HttpContent body) => new(HttpMethod.Post, address) { Content = body };

    private static string Address(
        string? database,
        string? query,
        ReadOnlySpan<KeyValuePair<string, string>> fixedSettings,
        IReadOnlyDictionary<string, object?>? parameters,
        IReadOnlyDictionary<string, string>? settings)
    {
        var address = new StringBuilder("/?");
        void Add(string name, string value) =>
            address.Append(address.Length == 2 ? "" : "&").Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));

        if (database is not null)
        {
            Add("database", database);
        }

        if (query is not null)
        {
            Add("query", query);
        }

        foreach (var (name, value) in fixedSettings)
        {
            if (settings?.ContainsKey(name) != true)
            {
                Add(name, value);
            }
        }

        foreach (var (name, value) in settings ?? System.Collections.ObjectModel.ReadOnlyDictionary<string, string>.Empty)
        {
            Add(name, value);
        }

        foreach (var (name, value) in parameters ?? System.Collections.ObjectModel.ReadOnlyDictionary<string, object?>.Empty)
        {
            Add("param_" + name, ClickHouseText.OfParameter(value));
        }

        return address.ToString();
    }

    private Task<ClickHouseSummary> InsertAsync(
        string sqlHead, HttpContent body, IReadOnlyDictionary<string, string>? settings, CancellationToken cancel)
    {
        body.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        return SummaryAsync(Request(Address(Database, sqlHead, InsertSettings, null, settings), body), cancel);
    }

    private async Task<ClickHouseSummary> SummaryAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        using var limit = new TimeLimit(_limit, _time, cancel);
        using var answer = await SendAsync(request, limit).ConfigureAwait(false);
        var body = await limit.GuardAsync(token => answer.Content.ReadAsByteArrayAsync(token)).ConfigureAwait(false);
        return ClickHouseErrors.InTail(body) is { } error ? throw error : ClickHouseSummary.Read(answer.Headers);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, TimeLimit limit)
    {
        using (request)
        {
            var answer = await limit.GuardAsync(token => _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token)).ConfigureAwait(false);
            if (answer.IsSuccessStatusCode)
            {
                return answer;
            }

            using (answer)
            {
                throw await limit.GuardAsync(token => ClickHouseErrors.ReadAsync(answer, token)).ConfigureAwait(false);
            }
        }
    }
}
