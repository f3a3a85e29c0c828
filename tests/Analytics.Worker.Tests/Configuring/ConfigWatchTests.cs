using Analytics.Storage.ClickHouse;
using Analytics.Testing;
using Analytics.Worker.Configuring;
using Analytics.Worker.Consuming;
using Analytics.Worker.Enriching;
using Microsoft.Extensions.Logging.Abstractions;

namespace Analytics.Worker.Tests.Configuring;

/// <summary>Workers with a folder each, and one history that they know of each other by.</summary>
public sealed class ConfigWatchTests : IAsyncLifetime
{
    private readonly MovedTime _time = new(DateTimeOffset.Parse("2090-11-22T12:00:00Z"));
    private readonly List<string> _folders = [];
    private ClickHouseClient _clickHouse = null!;

    public async Task InitializeAsync()
    {
        var server = await ClickHouseServer.SharedAsync();
        _clickHouse = new ClickHouseClient(new ClickHouseOptions { Url = server.Url, Database = "configs_" + Guid.NewGuid().ToString("N") }, TimeProvider.System);
        await new ClickHouseMigrations(_clickHouse, TimeProvider.System).ApplyAsync();
    }

    public async Task DisposeAsync()
    {
        await _clickHouse.ExecuteAsync($"DROP DATABASE {_clickHouse.Database}");
        _clickHouse.Dispose();
        _folders.ForEach(folder => Directory.Delete(folder, recursive: true));
    }

    [Fact]
    public async Task A_file_with_its_tables_is_picked_up_by_a_worker_that_runs_and_holds_from_its_activation_on()
    {
        var worker = WorkerOf();
        await worker.Watch.LookAsync(default);
        await File.WriteAllLinesAsync(Path.Combine(worker.Folder, "ipv4.csv"), ["16777216,16777471,AU"]);
        await File.WriteAllLinesAsync(Path.Combine(worker.Folder, "bots.tsv"), ["shop\ttext\tShopCrawler"]);
        await WriteAsync(
            worker.Folder, 2, "2090-11-22T12:05:00Z", """, "countryTables": ["ipv4.csv"], "botTable": "bots.tsv", "counting": { "namesPerTenant": 7 }, "rules": { "clickstreamMaxAgeDays": 3 }""");
        Assert.Equal(1, await worker.Watch.LookAsync(default));
        Assert.Equal(0, await worker.Watch.LookAsync(default));
        Assert.Equal(1U, worker.Versions.At(At("2090-11-22T12:04:59Z")).Version);
        Assert.Equal(new ActiveVersion(2), worker.Versions.At(At("2090-11-22T12:05:00Z")));

        var (old, fresh) = (MadeBatches.Chunk(), new Chunk(new(7, "clickstream-events", 2, 100), MadeEvent.Noon, 2, default));
        var enricher = new EventEnricher(worker.Versions, TimeProvider.System, null, _ => { });
        var made = new MadeEvent { Ip = "1.0.0.9", UserAgent = "ShopCrawler/1" };
        Assert.Equal(("", "generic-crawl"), Facts(enricher.Apply(MadeBatches.Of(old, 0, made))));
        Assert.Equal(("AU", "shop"), Facts(enricher.Apply(MadeBatches.Of(fresh, 100, made))));
        Assert.Equal(7, worker.Versions.Of(2).Counting.NamesPerTenant);
    }

    [Fact]
    public async Task A_worker_without_the_file_counts_until_the_activation_and_not_beyond()
    {
        var (has, lacks) = (WorkerOf(), WorkerOf());
        await WriteAsync(has.Folder, 2, "2090-11-22T12:05:00Z");
        await has.Watch.LookAsync(default);
        await lacks.Watch.LookAsync(default);
        Assert.Equal(new ActiveVersion(1), lacks.Versions.At(At("2090-11-22T12:04:59Z")));
        Assert.Contains("version 2", lacks.Versions.At(At("2090-11-22T12:05:00Z")).Problem, StringComparison.Ordinal);
        File.Copy(Path.Combine(has.Folder, "2.json"), Path.Combine(lacks.Folder, "2.json"));
        await lacks.Watch.LookAsync(default);
        Assert.Equal(new ActiveVersion(2), lacks.Versions.At(At("2090-11-22T12:05:00Z")));
    }

    [Fact]
    public async Task A_version_never_changes_its_content()
    {
        var (first, second) = (WorkerOf(), WorkerOf());
        await WriteAsync(first.Folder, 2, "2090-11-22T12:05:00Z");
        await first.Watch.LookAsync(default);
        await WriteAsync(second.Folder, 2, "2090-11-22T12:05:00Z", """, "counting": { "debugOneIn": 2 }""");
        Assert.Equal(0, await second.Watch.LookAsync(default));
        Assert.NotNull(second.Versions.At(At("2090-11-22T12:05:00Z")).Problem);
    }

    [Theory]
    [InlineData("2090-11-22T12:01:59Z", 0)]
    [InlineData("2090-11-22T12:02:00Z", 1)]
    public async Task Where_something_was_counted_a_new_version_must_come_before_its_notice(string activates, int loaded)
    {
        await _clickHouse.ExecuteAsync("INSERT INTO ledger (topic, epoch, kafka_time, keep_until) SELECT 'clickstream-events', 1, now64(3), toDateTime('2100-01-01 00:00:00')");
        var worker = WorkerOf();
        await WriteAsync(worker.Folder, 2, activates);
        Assert.Equal(loaded, await worker.Watch.LookAsync(default));
    }

    [Fact]
    public async Task At_the_very_first_start_a_version_may_be_active_already()
    {
        var worker = WorkerOf();
        await WriteAsync(worker.Folder, 2, "2000-01-01T00:00:00Z");
        Assert.Equal(1, await worker.Watch.LookAsync(default));
        Assert.Equal(new ActiveVersion(2), worker.Versions.At(At("2090-11-22T12:00:00Z")));
    }

    [Theory]
    [InlineData("""{ "version": 1, "activates": "2091-01-01T00:00:00Z" }""")]
    [InlineData("""{ "version": 2, "activates": "2091-01-01T00:00:00Z", "counting": { "debugOneIn": 0 } }""")]
    [InlineData("""{ "version": 2, "activates": "2091-01-01T00:00:00Z", "limits": { } }""")]
    [InlineData("""{ "version": 2, "activates": "2091-01-01T00:00:00Z", "countryTables": ["missing.csv"] }""")]
    [InlineData("""{ "version": 2 """)]
    public async Task A_file_that_cannot_be_used_is_refused_until_it_is_saved_again(string text)
    {
        var worker = WorkerOf();
        var file = Path.Combine(worker.Folder, "2.json");
        await File.WriteAllTextAsync(file, text);
        Assert.Throws<InvalidConfigException>(() => ConfigFile.Read(file));
        Assert.Equal(0, await worker.Watch.LookAsync(default));
        await WriteAsync(worker.Folder, 2, "2091-01-01T00:00:00Z");
        File.SetLastWriteTimeUtc(file, File.GetLastWriteTimeUtc(file).AddSeconds(1));
        Assert.Equal(1, await worker.Watch.LookAsync(default));
    }

    private static (string Country, string Rule) Facts(EnrichedBatch batch)
    {
        var words = batch.Decoded.Raw.Chunk.Words;
        return (System.Text.Encoding.UTF8.GetString(words[batch.Decoded.Columns.Country.Ids[0]]), System.Text.Encoding.UTF8.GetString(words[batch.BotRules[0]]));
    }

    private static long At(string instant) => DateTimeOffset.Parse(instant, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();

    private static Task WriteAsync(string folder, int version, string activates, string more = "") =>
        File.WriteAllTextAsync(Path.Combine(folder, $"{version}.json"), $$"""{ "version": {{version}}, "activates": "{{activates}}"{{more}} }""");

    private Worker WorkerOf()
    {
        var folder = Directory.CreateTempSubdirectory("configs").FullName;
        _folders.Add(folder);
        var options = new ConfigsOptions { Folder = folder };
        var versions = new ConfigVersions(EventConfig.OfSettings(new EnrichingOptions(), new CountingOptions()), options, _time);
        return new Worker(folder, versions, new ConfigWatch(versions, new ConfigRecords(_clickHouse), options, _time, NullLogger<ConfigWatch>.Instance));
    }

    private sealed record Worker(string Folder, ConfigVersions Versions, ConfigWatch Watch);
}
