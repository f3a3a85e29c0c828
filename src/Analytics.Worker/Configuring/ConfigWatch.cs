using Analytics.Storage.ClickHouse;

namespace Analytics.Worker.Configuring;

/// <summary>Looks at the folder of config versions and at those that other workers have loaded, at the start and then every few seconds.</summary>
/// <remarks>
/// A version that nobody has recorded yet is recorded when it comes early enough before it becomes active, or before anything was counted. One that is recorded with another
/// content, or comes too late, is refused: counting goes on without it, and where it is active nevertheless, nothing is counted by a guess.
/// </remarks>
internal sealed class ConfigWatch(ConfigVersions versions, ConfigRecords records, ConfigsOptions options, TimeProvider time, ILogger<ConfigWatch> log) : BackgroundService
{
    private readonly Dictionary<string, DateTime> _refused = [];

    /// <summary>One look; the number of versions that it has loaded. Failures of ClickHouse and of the folder pass: the caller asks again.</summary>
    public async Task<int> LookAsync(CancellationToken cancellation)
    {
        var recorded = (await records.AllAsync(cancellation).ConfigureAwait(false)).ToDictionary(record => record.Version);
        var fresh = new List<EventConfig>();
        foreach (var file in Files())
        {
            try
            {
                if (await LoadAsync(file, recorded, cancellation).ConfigureAwait(false) is { } config && !fresh.Exists(other => other.Version == config.Version))
                {
                    fresh.Add(config);
                    Log.ConfigLoaded(log, config.Version, DateTimeOffset.FromUnixTimeMilliseconds(config.ActivatesAt));
                }
            }
            catch (InvalidConfigException refusal)
            {
                _refused[file] = File.GetLastWriteTimeUtc(file);
                Log.ConfigRefused(log, refusal.Message);
            }
        }

        var known = versions.Loaded.Concat(fresh).Select(config => config.Version).ToHashSet();
        versions.Looked(fresh, [.. recorded.Values.Where(record => !known.Contains(record.Version)).Select(record => (record.Version, record.ActivatesAt))]);
        return fresh.Count;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.PollSeconds), time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                try
                {
                    await LookAsync(stoppingToken).ConfigureAwait(false);
                }
                catch (Exception away) when (away is ClickHouseException or IOException)
                {
                    // The next look asks again; until it succeeds no chunk is opened beyond the notice.
                    Log.ConfigsUnknown(log, away.Message);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The worker stops.
        }
    }

    private IEnumerable<string> Files() => options.Folder is { Length: > 0 } folder
        ? Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal).Where(file => !_refused.TryGetValue(file, out var then) || then != File.GetLastWriteTimeUtc(file))
        : [];

    // Null for a version that is loaded already.
    private async Task<EventConfig?> LoadAsync(string file, Dictionary<uint, ConfigRecord> recorded, CancellationToken cancellation)
    {
        var (config, hash) = ConfigFile.Read(file);
        if (recorded.TryGetValue(config.Version, out var record))
        {
            return record != new ConfigRecord(config.Version, config.ActivatesAt, hash)
                ? throw new InvalidConfigException(
                    $"{file}: expected version {config.Version} as it was first loaded (SHA-256 {record.Sha256}), found another content ({hash}). "
                    + "A version never changes: put the old file back and write the change as a new version.")
                : versions.Loaded.Any(loaded => loaded.Version == config.Version) ? null : config;
        }

        var earliest = time.GetUtcNow().AddSeconds(options.NoticeSeconds);
        if (DateTimeOffset.FromUnixTimeMilliseconds(config.ActivatesAt) < earliest && await records.HasChunksAsync(cancellation).ConfigureAwait(false))
        {
            throw new InvalidConfigException(
                $"{file}: expected a new version to become active at {earliest:u} or later, found {DateTimeOffset.FromUnixTimeMilliseconds(config.ActivatesAt):u}. "
                + "Chunks that are being counted must not change: choose a later time.");
        }

        record = new ConfigRecord(config.Version, config.ActivatesAt, hash);
        await records.RecordAsync(record, cancellation).ConfigureAwait(false);
        recorded[config.Version] = record;
        return config;
    }
}
