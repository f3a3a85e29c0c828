using System.Diagnostics;
using System.Globalization;
using Analytics.Benchmarks.Asking;
using Analytics.Benchmarks.Harness;
using Analytics.Benchmarks.Sinks;
using Analytics.Storage.ClickHouse;
using Analytics.Testing;

namespace Analytics.Benchmarks.Rows;

/// <summary>Rows 17 to 22: questions to the real API over two months of cells and a month of raw events, against ClickHouse asked directly, and a bare server.</summary>
internal static class QuestionRows
{
    private const string Series = """{"metrics": ["revenue", "orders", "page_views"], "range": "24h", "granularity": "minute"}""";
    private const string Trend = """{"metrics": ["revenue", "orders", "page_views"], "range": "30d", "granularity": "day", "compare": "previous_period"}""";

    private static readonly TimeSpan Think = TimeSpan.FromMilliseconds(500);

    /// <summary>All of them: they share the data.</summary>
    public static async Task<IReadOnlyList<Row>> MeasureAsync(Bench bench)
    {
        var now = TimeProvider.System.GetUtcNow();
        Narration.Say($"17: making {bench.Options.Cells:N0} cells and {bench.Options.RawEvents:N0} events");
        await using var stores = await RealStores.StartAsync("asked");
        await AskedData.FillAsync(stores.Client, bench.Options.Cells, bench.Options.RawEvents, now);
        Narration.Say("17: rolling the cells up");
        await AskedData.RollUpAsync(stores.Client);
        await using var api = await ApiProcess.StartAsync(stores, AskedData.Tenants);
        var questions = bench.Options.IsQuick ? 20 : Latencies.Asked;
        return
        [
            .. await SeriesAsync(api, stores, questions, now),
            .. await TrendAsync(api, questions),
            .. await TilesAsync(api, questions),
            await CachedAsync(bench, api),
            .. await FunnelAsync(bench, api, stores, now),
            .. await ClientsAsync(bench, api),
        ];
    }

    private static async Task<IEnumerable<Row>> SeriesAsync(ApiProcess api, RealStores stores, int questions, DateTimeOffset now)
    {
        var rows = new List<Row>();
        foreach (var (tenant, suffix, whose) in new[] { (AskedData.Middle, "", "a tenant in the middle"), (AskedData.Largest, " largest", "the largest tenant") })
        {
            var options = new ClickHouseOptions { Url = stores.ClickHouse.Url, Database = stores.Client.Database };
            using var bare = await RecordedStatements.OfTrendAsync(options, tenant, Series, now);
            using var http = new HttpClient();
            http.DefaultRequestHeaders.Add("X-ClickHouse-User", options.User);
            http.DefaultRequestHeaders.Add("X-ClickHouse-Key", options.Password);
            Narration.Say($"17: {questions} series of {whose}");
            var (ours, theirs) = await Latencies.InTurnsAsync(questions, () => AskAnewAsync(api, tenant, "query", Series), () => bare.SendAsync(http));
            var (mine, reference) = (Median.Quantile(ours, 0.99), Median.Quantile(theirs, 0.99));
            var isGoal = tenant == AskedData.Middle;
            rows.Add(new Row(
                "17" + suffix, $"24 hours by the minute of {whose}, p99, API ÷ its bare statements in ClickHouse", Row.Times, mine / reference, Median.Of(ours) / Median.Of(theirs), mine / reference,
                isGoal ? Goal.Most(1.5, 1.1) : null));
            rows.Add(Latencies.P99("17 ms" + suffix, $"the same, p99 of the API", ours, isGoal ? Goal.Most(100, 50) : null));
        }

        return rows;
    }

    private static async Task<IEnumerable<Row>> TrendAsync(ApiProcess api, int questions) =>
    [
        Latencies.P99("18", "30 days by the day with comparison, a tenant in the middle, p99, nothing kept", await ManyAsync(questions, () => AskAnewAsync(api, AskedData.Middle, "query", Trend)), Goal.Most(50, 25)),
        Latencies.P99("18 largest", "the same of the largest tenant", await ManyAsync(questions / 10, () => AskAnewAsync(api, AskedData.Largest, "query", Trend)), null),
    ];

    private static async Task<IEnumerable<Row>> TilesAsync(ApiProcess api, int questions) =>
    [
        Latencies.P99("19", "a dashboard of 12 tiles over 7 days in one request, a tenant in the middle, p99, nothing kept", await ManyAsync(questions / 3, () => AskAnewAsync(api, AskedData.Middle, "tiles", Tiles())), Goal.Most(300, 150)),
        Latencies.P99("19 largest", "the same of the largest tenant", await ManyAsync(questions / 20, () => AskAnewAsync(api, AskedData.Largest, "tiles", Tiles())), null),
    ];

    // Served by a program that does nothing else, on as many cores; its bytes are those of the tile.
    private static async Task<Row> CachedAsync(Bench bench, ApiProcess api)
    {
        const string Path = "/api/v1/analytics/500/query";
        var tile = await api.AskAsync(Path, Trend, isAskedAnew: false);
        var file = bench.Folder.PathOf("tile.json");
        await File.WriteAllBytesAsync(file, tile);
        var (server, bare) = (api.Http.BaseAddress!, new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Next()}")));
        await using var kestrel = await ChildProcess.StartAsync(
            ["dotnet", System.IO.Path.Combine(AppContext.BaseDirectory, "Analytics.Benchmarks.dll"), BareKestrel.Verb, bare.AbsoluteUri, file],
            line => line.StartsWith("ready kestrel ", StringComparison.Ordinal), TimeSpan.FromSeconds(30));
        var duration = TimeSpan.FromSeconds(bench.Options.IsQuick ? 0.5 : 3);
        var (ours, theirs) = (new double[Comparison.Pairs], new double[Comparison.Pairs]);
        var (oursCpu, theirsCpu) = (new double[Comparison.Pairs], new double[Comparison.Pairs]);
        for (var pair = -1; pair < Comparison.Pairs; pair++)
        {
            // The tile has to be kept throughout: asked for anew now and then it would be another measurement.
            _ = await api.AskAsync(Path, Trend, isAskedAnew: true);
            var own = await LoadAsync(server, api.Process, duration);
            var other = await LoadAsync(bare, kestrel.Id, duration);
            if (pair >= 0)
            {
                (ours[pair], oursCpu[pair], theirs[pair], theirsCpu[pair]) = (own.PerSecond, own.Cpu, other.PerSecond, other.Cpu);
            }
        }

        await kestrel.CrashAsync();
        var ratios = ours.Zip(theirs, (mine, reference) => mine / reference).ToList();
        return new Row(
            "20", $"a kept tile of {tile.Length:N0} B ÷ bare Kestrel with the same bytes", Row.Times, Median.Of(ratios), ratios.Min(), ratios.Max(), Goal.Least(0.6, 0.9),
            new Side(Median.Of(ours), "answers/s", Median.Of(oursCpu)), new Side(Median.Of(theirs), "answers/s", Median.Of(theirsCpu)));

        async Task<(double PerSecond, double Cpu)> LoadAsync(Uri address, int process, TimeSpan time)
        {
            var (cpu, started) = (ProcessUsage.CpuSecondsOf(process), Stopwatch.GetTimestamp());
            var perSecond = await RawLoad.PerSecondAsync(address, RawLoad.Request(address, "POST", Path, api.Key, Trend), tile.Length, time);
            return (perSecond, (ProcessUsage.CpuSecondsOf(process) - cpu) * 1e6 / (perSecond * Stopwatch.GetElapsedTime(started).TotalSeconds));
        }
    }

    private static async Task<IEnumerable<Row>> FunnelAsync(Bench bench, ApiProcess api, RealStores stores, DateTimeOffset now)
    {
        // Two definitions that differ on purpose ask the same here. Up to the end of the events: users who began before the end of a question have their whole window, which
        // windowFunnel does not give them. And no two events of different steps share a millisecond (AskedData): it would put them into the order of the steps.
        var (start, end) = (now.AddDays(-29).UtcDateTime.Date, now.AddDays(1).UtcDateTime.Date);
        var question = $$"""{"steps": ["product_view", "add_to_cart", "order_placed"], "start": "{{start:yyyy-MM-dd}}", "end": "{{end:yyyy-MM-dd}}", "window": "1h"}""";
        var bare = $"""
            SELECT countIf(level >= 1), countIf(level >= 2), countIf(level >= 3) FROM
            (
                SELECT user_id, windowFunnel(3600000)(toUInt64(toUnixTimestamp64Milli(event_time)), name = 'product_view', name = 'add_to_cart', name = 'order_placed') AS level
                FROM events FINAL
                WHERE tenant = {AskedData.Largest} AND day >= '{start:yyyy-MM-dd}' AND day < '{end:yyyy-MM-dd}' AND name IN ('product_view', 'add_to_cart', 'order_placed')
                GROUP BY user_id
            )
            SETTINGS do_not_merge_across_partitions_select_final = 1
            """;
        var expected = (await stores.Client.QueryAsync(bare, row => $"{row[0]} {row[1]} {row[2]}"))[0];
        var answer = await api.ReadAsync($"/api/v1/analytics/{AskedData.Largest}/funnel", question);
        var found = string.Join(' ', answer.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("users").GetInt64()));
        Narration.Say($"21: users at each step: ours {found}, windowFunnel {expected}");
        if (found != expected)
        {
            throw new InvalidOperationException($"21: the results differ, so their speed is not compared.\n  ours:      {found}\n  reference: {expected}");
        }

        var (ours, theirs) = await Latencies.InTurnsAsync(
            bench.Options.IsQuick ? 2 : 7, () => AskAnewAsync(api, AskedData.Largest, "funnel", question), () => stores.Client.QueryAsync(bare, row => row[0].GetInt64()));
        var ratios = ours.Zip(theirs, (mine, reference) => mine / reference).ToList();
        return
        [
            new Row("21", $"a funnel of 3 steps over {bench.Options.RawEvents:N0} events, API ÷ bare windowFunnel", Row.Times, Median.Of(ratios), ratios.Min(), ratios.Max(), Goal.Most(1.5, 1)),
            new Row("21 ms", "the same, median of the API", "ms", Median.Of(ours), ours.Min(), ours.Max(), null),
        ];
    }

    private static async Task<IEnumerable<Row>> ClientsAsync(Bench bench, ApiProcess api)
    {
        const int Clients = 200;
        var duration = TimeSpan.FromSeconds(bench.Options.IsQuick ? 3 : 60);
        Narration.Say($"22: {Clients} clients for {duration.TotalSeconds:0} s");
        using var over = new CancellationTokenSource(duration);
        var took = await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => ClientAsync(api, client, duration / 3 * client / Clients, over.Token)));
        var all = took.SelectMany(one => one).ToArray();
        return
        [
            Latencies.P99("22", $"{Clients} clients for {duration.TotalSeconds:0} s, each with two charts of its tenant every second, p99; an error would end the run", all, Goal.Most(1_000, 500)),
            new Row("22 answers", "the same, answers in all", "answers/s", all.Length / duration.TotalSeconds, all.Length / duration.TotalSeconds, all.Length / duration.TotalSeconds, null),
        ];
    }

    // As a seller who comes some time in the first third, opens a page and has it refreshed: what is kept for a minute is made anew within the run.
    private static async Task<List<double>> ClientAsync(ApiProcess api, int client, TimeSpan coming, CancellationToken over)
    {
        var took = new List<double>();
        var path = string.Create(CultureInfo.InvariantCulture, $"/api/v1/analytics/{1 + (client * 37 % AskedData.Tenants)}/query");
        await Task.Delay(coming, CancellationToken.None);
        for (var turn = 0; !over.IsCancellationRequested; turn++)
        {
            took.Add(await Latencies.OfAsync(() => api.AskAsync(path, turn % 2 == 0 ? Trend : Series, isAskedAnew: false)));
            await Task.Delay(Think, CancellationToken.None);
        }

        return took;
    }

    private static Task<byte[]> AskAnewAsync(ApiProcess api, int tenant, string kind, string question) =>
        api.AskAsync(string.Create(CultureInfo.InvariantCulture, $"/api/v1/analytics/{tenant}/{kind}"), question, isAskedAnew: true);

    private static async Task<double[]> ManyAsync(int questions, Func<Task> ask) =>
        (await Latencies.InTurnsAsync(Math.Max(2, questions), ask, () => Task.CompletedTask)).Ours;

    private static string Tiles()
    {
        string[] questions =
        [
            """{"metrics": ["revenue"], "range": "7d", "compare": "previous_period"}""",
            """{"metrics": ["orders"], "range": "7d", "compare": "previous_period"}""",
            """{"metrics": ["units"], "range": "7d"}""",
            """{"metrics": ["page_views"], "range": "7d", "compare": "previous_period"}""",
            """{"metrics": ["product_views"], "range": "7d"}""",
            """{"metrics": ["add_to_cart"], "range": "7d"}""",
            """{"metrics": ["cart_rate"], "range": "7d"}""",
            """{"metrics": ["revenue"], "range": "7d", "breakdown": ["country"]}""",
            """{"metrics": ["orders"], "range": "7d", "breakdown": ["device"]}""",
            """{"metrics": ["page_views"], "range": "7d", "breakdown": ["source"]}""",
            """{"metrics": ["events"], "range": "7d", "granularity": "hour"}""",
            """{"metrics": ["aov"], "range": "7d"}""",
        ];
        return $"{{\"tiles\": [{string.Join(", ", questions.Select(question => $"{{\"question\": {question}}}"))}]}}";
    }
}
