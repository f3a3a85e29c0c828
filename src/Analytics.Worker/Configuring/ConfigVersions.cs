namespace Analytics.Worker.Configuring;

/// <summary>The versions that this worker has loaded, and those that others have.</summary>
/// <remarks>
/// A version is announced some time before it becomes active, so two workers never count one chunk by different versions: each has the version, or
/// knows that it lacks it and counts nothing by a guess. Any thread; a change is one assignment.
/// </remarks>
internal sealed class ConfigVersions : IEventConfigs
{
    private readonly Lock _changing = new();
    private readonly TimeProvider _time;
    private readonly TimeSpan _notice;
    private volatile State _state;

    /// <summary>Knows the settings alone, and has not looked yet.</summary>
    /// <param name="settings">Version 1.</param>
    /// <param name="options">How long a look lasts.</param>
    /// <param name="time">The clock of the looks; no row depends on it.</param>
    public ConfigVersions(EventConfig settings, ConfigsOptions options, TimeProvider time)
    {
        (_time, _notice) = (time, TimeSpan.FromSeconds(options.NoticeSeconds));
        _state = new State([settings], [], DateTimeOffset.MinValue);
    }

    /// <summary>The versions that are loaded, the settings first.</summary>
    public IReadOnlyList<EventConfig> Loaded => _state.Loaded;

    /// <inheritdoc/>
    public ActiveVersion At(long timestamp)
    {
        var state = _state;
        if (_time.GetUtcNow() - state.LookedAt > _notice)
        {
            return new ActiveVersion(0, MustWait: true);
        }

        var active = state.Loaded[0];
        foreach (var config in state.Loaded)
        {
            active = config.ActivatesAt <= timestamp && IsAfter(config.ActivatesAt, config.Version, active) ? config : active;
        }

        foreach (var (version, activatesAt) in state.Lacking)
        {
            if (activatesAt <= timestamp && IsAfter(activatesAt, version, active))
            {
                return new ActiveVersion(version, $"Expected config version {version}, which is active since "
                    + $"{DateTimeOffset.FromUnixTimeMilliseconds(activatesAt):u}, found no file of it. Copy the file and its tables from a worker that has it "
                    + "into Configs:Folder, then restart this one.");
            }
        }

        return new ActiveVersion(active.Version);
    }

    /// <inheritdoc/>
    public EventConfig Of(uint version)
    {
        foreach (var config in _state.Loaded)
        {
            if (config.Version == version)
            {
                return config;
            }
        }

        throw new InvalidOperationException($"Config version {version} was never loaded: a chunk counts by a version that At has named.");
    }

    /// <summary>A look has been taken: what is loaded now, and what others have besides.</summary>
    public void Looked(IEnumerable<EventConfig> fresh, IReadOnlyList<(uint Version, long ActivatesAt)> lacking)
    {
        lock (_changing)
        {
            _state = new State([.. _state.Loaded.Concat(fresh).DistinctBy(config => config.Version)], lacking, _time.GetUtcNow());
        }
    }

    // Of two that became active at the same time the higher number holds.
    private static bool IsAfter(long activatesAt, uint version, EventConfig than) =>
        activatesAt > than.ActivatesAt || (activatesAt == than.ActivatesAt && version > than.Version);

    private sealed record State(EventConfig[] Loaded, IReadOnlyList<(uint Version, long ActivatesAt)> Lacking, DateTimeOffset LookedAt);
}
