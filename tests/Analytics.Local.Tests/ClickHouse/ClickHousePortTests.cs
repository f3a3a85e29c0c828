using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Analytics.Testing;

namespace Analytics.Local.Tests.ClickHouse;

/// <summary>The HTTP interface as documented for ClickHouse, seen through plain HTTP.</summary>
public sealed class ClickHousePortTests : IAsyncLifetime
{
    private readonly string _database = "port_" + Guid.NewGuid().ToString("N");
    private Port _port = null!;

    private (string, string) Database => ("database", _database);

    public async Task InitializeAsync()
    {
        _port = new(await ClickHouseServer.SharedAsync());
        await _port.AskAsync($"CREATE DATABASE {_database}");
    }

    public async Task DisposeAsync()
    {
        await _port.AskAsync($"DROP DATABASE {_database}");
        _port.Dispose();
    }

    [Fact]
    public async Task It_answers_health_checks()
    {
        Assert.Equal("Ok.\n", (await _port.SendAsync(new(HttpMethod.Get, "/ping"))).Text);
        Assert.Equal("Ok.\n", (await _port.SendAsync(new(HttpMethod.Get, "/"))).Text);
        Assert.Equal(HttpStatusCode.NotFound, (await _port.SendAsync(new(HttpMethod.Get, "/elsewhere"))).Status);
    }

    [Fact]
    public async Task A_statement_may_stand_in_the_url_in_the_body_or_in_both()
    {
        Assert.Equal("1\n", (await _port.GetAsync("SELECT 1")).Text);
        Assert.Equal("2\n", (await _port.PostAsync("SELECT 2")).Text);
        Assert.Equal("3\n", (await _port.InsertAsync("SELECT", "3")).Text);
        Assert.Equal("4\n", (await _port.PostAsync("-- a comment\nSELECT 4; ")).Text);
    }

    [Theory]
    [InlineData("SELECT 1 AS a", null, "TabSeparated", "1\n")]
    [InlineData("SELECT 1 AS a", "JSONEachRow", "JSONEachRow", "{\"a\":1}\n")]
    [InlineData("SELECT 1 AS a FORMAT CSVWithNames", "JSONEachRow", "CSVWithNames", "\"a\"\n1\n")]
    [InlineData("SELECT 'FORMAT CSV' AS a, 1 AS format", null, "TabSeparated", "FORMAT CSV\t1\n")]
    [InlineData("WITH 5 AS x SELECT x FORMAT JSONCompactEachRow SETTINGS max_threads = 1", null, "JSONCompactEachRow", "[5]\n")]
    public async Task The_statement_names_its_format_or_the_request_does(string sql, string? byDefault, string format, string expected)
    {
        var answer = await _port.PostAsync(sql, byDefault is null ? [] : [("default_format", byDefault)]);
        Assert.Equal(expected, answer.Text);
        Assert.Equal(format, answer.Headers["X-ClickHouse-Format"]);
    }

    [Fact]
    public async Task Format_and_database_may_stand_in_headers()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new StringContent("SELECT currentDatabase() AS d") };
        request.Headers.Add("X-ClickHouse-Format", "JSONEachRow");
        request.Headers.Add("X-ClickHouse-Database", _database);
        Assert.Equal($"{{\"d\":\"{_database}\"}}\n", (await _port.SendAsync(request)).Text);
    }

    [Fact]
    public async Task Settings_and_database_of_a_request_end_with_it()
    {
        const string Sql = "SELECT getSetting('max_threads'), getSetting('max_block_size'), currentDatabase()";
        Assert.Equal($"3\t77\t{_database}", await _port.AskAsync(Sql, ("max_threads", "3"), ("max_block_size", "77"), Database));
        Assert.DoesNotContain("77", await _port.AskAsync(Sql), StringComparison.Ordinal);
        Assert.EndsWith("\tdefault", await _port.AskAsync(Sql), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parameters_are_values_and_never_sql()
    {
        const string Sql = "SELECT {text:String} AS text, {list:Array(UInt64)} AS list FORMAT JSONEachRow";
        var answer = await _port.AskAsync(Sql, ("param_text", @"a' OR 1=1 --\tb\\"), ("param_list", "[1,2]"), ("output_format_json_quote_64bit_integers", "0"));
        using var row = JsonDocument.Parse(answer);
        Assert.Equal("a' OR 1=1 --\tb\\", row.RootElement.GetProperty("text").GetString());
        Assert.Equal(2, row.RootElement.GetProperty("list").GetArrayLength());
    }

    [Theory]
    [InlineData("SELEC 1", 62, "SYNTAX_ERROR", HttpStatusCode.BadRequest)]
    [InlineData("", 62, "SYNTAX_ERROR", HttpStatusCode.BadRequest)]
    [InlineData("SELECT 1; SELECT 2", 62, "SYNTAX_ERROR", HttpStatusCode.BadRequest)]
    [InlineData("SELECT * FROM nowhere", 60, "UNKNOWN_TABLE", HttpStatusCode.NotFound)]
    [InlineData("SELECT nothing", 47, "UNKNOWN_IDENTIFIER", HttpStatusCode.NotFound)]
    [InlineData("SELECT no_such_function(1)", 46, "UNKNOWN_FUNCTION", HttpStatusCode.NotFound)]
    [InlineData("USE nowhere", 81, "UNKNOWN_DATABASE", HttpStatusCode.NotFound)]
    [InlineData("SELECT 1 FORMAT NoSuchFormat", 73, "UNKNOWN_FORMAT", HttpStatusCode.NotFound)]
    [InlineData("SELECT toUInt8('x')", 6, "CANNOT_PARSE_TEXT", HttpStatusCode.BadRequest)]
    [InlineData("SELECT throwIf(1)", 395, "FUNCTION_THROW_IF_VALUE_IS_NON_ZERO", HttpStatusCode.InternalServerError)]
    [InlineData("SELECT count() FROM numbers(1000000) GROUP BY number SETTINGS max_memory_usage = 1000", 241, "MEMORY_LIMIT_EXCEEDED", HttpStatusCode.InternalServerError)]
    public async Task Errors_have_the_servers_code_name_and_status(string sql, int code, string name, HttpStatusCode status)
    {
        var answer = await _port.PostAsync(sql);
        Assert.Equal(status, answer.Status);
        Assert.Equal(code.ToString(CultureInfo.InvariantCulture), answer.Code);
        Assert.Matches($@"^Code: {code}\. DB::Exception: .*\({name}\) \(version [0-9.]+\)\n$", answer.Text.ReplaceLineEndings(" ").TrimEnd() + "\n");
    }

    [Theory]
    [InlineData("no_such_setting", "1", 115, HttpStatusCode.NotFound)]
    [InlineData("max_threads", "many", 27, HttpStatusCode.BadRequest)]
    [InlineData("database", "nowhere", 81, HttpStatusCode.NotFound)]
    [InlineData("session_id", "s", 48, HttpStatusCode.NotImplemented)]
    [InlineData("decompress", "1", 48, HttpStatusCode.NotImplemented)]
    public async Task A_parameter_of_the_url_that_does_not_fit_is_an_error(string name, string value, int code, HttpStatusCode status)
    {
        var answer = await _port.PostAsync("SELECT 1", (name, value));
        Assert.Equal((status, code.ToString(CultureInfo.InvariantCulture)), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task A_get_and_a_readonly_request_do_not_write()
    {
        await _port.AskAsync("CREATE TABLE t (a Int8) ENGINE = MergeTree ORDER BY a", Database);
        Assert.Equal("164", (await _port.GetAsync("INSERT INTO t VALUES (1)", Database)).Code);
        Assert.Equal("164", (await _port.GetAsync("DROP TABLE t", Database)).Code);
        Assert.Equal("164", (await _port.PostAsync("INSERT INTO t VALUES (1)", Database, ("readonly", "1"))).Code);
        Assert.Equal("164", (await _port.PostAsync("SELECT 1 SETTINGS max_threads = 1", ("readonly", "1"))).Code);
        Assert.Equal("0", await _port.AskAsync("SELECT count() FROM t", Database, ("readonly", "2")));
    }

    [Fact]
    public async Task An_answer_may_be_packed_and_a_body_too()
    {
        await _port.AskAsync("CREATE TABLE t (a UInt64) ENGINE = MergeTree ORDER BY a", Database);
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionMode.Compress, leaveOpen: true))
        {
            await gzip.WriteAsync(Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, 10_000))));
        }

        using var insert = new HttpRequestMessage(HttpMethod.Post, Port.Url("INSERT INTO t FORMAT TSV", Database))
        {
            Content = new ByteArrayContent(packed.ToArray()) { Headers = { ContentEncoding = { "gzip" } } },
        };
        Assert.Equal(HttpStatusCode.OK, (await _port.SendAsync(insert)).Status);

        using var select = new HttpRequestMessage(HttpMethod.Get, Port.Url("SELECT sum(a), count() FROM t", Database, ("enable_http_compression", "1")));
        select.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        var answer = await _port.SendAsync(select);
        Assert.Equal("gzip", answer.Headers["Content-Encoding"]);
        using var text = new StreamReader(new GZipStream(new MemoryStream(answer.Body), CompressionMode.Decompress));
        Assert.Equal("49995000\t10000\n", await text.ReadToEndAsync());
    }

    [Fact]
    public async Task A_summary_counts_rows_and_the_query_id_comes_back()
    {
        await _port.AskAsync("CREATE TABLE t (a UInt64) ENGINE = MergeTree ORDER BY a", Database);
        var insert = await _port.InsertAsync("INSERT INTO t FORMAT TSV", "1\n2\n3\n", Database, ("query_id", "mine"));
        Assert.Equal("mine", insert.Headers["X-ClickHouse-Query-Id"]);
        Assert.Equal("3", Summary(insert, "written_rows"));
        var select = await _port.PostAsync("SELECT count() FROM t WHERE a > 1", Database);
        Assert.Equal("3", Summary(select, "read_rows"));
        Assert.Equal("1", Summary(select, "result_rows"));
    }

    [Fact]
    public async Task An_error_after_the_first_rows_cuts_the_answer_and_says_why()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/")
        {
            Content = new StringContent("SELECT throwIf(number = 1000000) FROM numbers(2000000) SETTINGS max_threads = 1"),
        };
        using var response = await _port.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await using var body = await response.Content.ReadAsStreamAsync();
        var text = new StringBuilder();
        var buffer = new byte[1 << 16];
        await Assert.ThrowsAsync<HttpIOException>(async () =>
        {
            while (await body.ReadAsync(buffer) is var length and > 0)
            {
                text.Append(Encoding.UTF8.GetString(buffer, 0, length));
            }
        });
        Assert.Contains("__exception__\r\nCode: 395. DB::Exception: ", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_waits_for_the_end_gets_the_status_of_a_late_error()
    {
        var answer = await _port.PostAsync("SELECT throwIf(number = 1000000) FROM numbers(2000000) SETTINGS max_threads = 1", ("wait_end_of_query", "1"));
        Assert.Equal((HttpStatusCode.InternalServerError, "395"), (answer.Status, answer.Code));
        Assert.Equal("2000000", (await _port.PostAsync("SELECT number FROM numbers(2000000)", ("wait_end_of_query", "1"))).Text.Count(c => c == '\n').ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task A_statement_is_stopped_when_its_client_goes_away()
    {
        const string Running = "SELECT count() FROM system.processes WHERE query LIKE '%sleepEachRow(0.1)%' AND query NOT LIKE '%processes%'";
        using var gone = new CancellationTokenSource();
        var slow = _port.Http.PostAsync("/", new StringContent("SELECT sum(sleepEachRow(0.1)) FROM numbers(3000) SETTINGS max_block_size = 1"), gone.Token);
        await Eventually.HoldsAsync("the statement runs", async () => await _port.AskAsync(Running) == "1");
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => slow);
        await Eventually.HoldsAsync("the statement is stopped", async () => await _port.AskAsync(Running) == "0");
    }

    [Fact]
    public async Task Four_hundred_statements_at_once_are_all_answered()
    {
        var started = Stopwatch.GetTimestamp();
        var answers = await Task.WhenAll(Enumerable.Range(0, 400).Select(number => _port.AskAsync($"SELECT {number} + 1")));
        Assert.Equal(Enumerable.Range(1, 400).Select(number => number.ToString(CultureInfo.InvariantCulture)), answers);
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(60));
    }

    private static string? Summary(Answer answer, string name)
    {
        using var summary = JsonDocument.Parse(answer.Headers["X-ClickHouse-Summary"]);
        return summary.RootElement.GetProperty(name).GetString();
    }
}
