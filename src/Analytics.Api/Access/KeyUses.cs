using System.Collections.Concurrent;
using Analytics.Storage.Postgres;
using Npgsql;

namespace Analytics.Api.Access;

/// <summary>Notes when each key was used last: in memory on the path of a request, in PostgreSQL every minute, all keys in one statement.</summary>
/// <remarks>While PostgreSQL is away the uses are kept for the next time; a crash loses those of the last minute, which nothing but a list of keys shows.</remarks>
internal sealed class KeyUses(ApiKeys keys, AccessOptions options, TimeProvider time, ILogger<KeyUses> log) : BackgroundService
{
    private readonly ConcurrentDictionary<long, DateTimeOffset> _uses = new();

    /// <summary>A key was used. Any thread, no waiting.</summary>
    public void Note(long key, DateTimeOffset at) => _uses[key] = at;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.KeyUseSeconds), time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                await WriteAsync(stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The last ones, in the time that a stop has.
            await WriteAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task WriteAsync(CancellationToken cancel)
    {
        var uses = _uses.ToArray();
        if (uses.Length == 0)
        {
            return;
        }

        try
        {
            await keys.NoteUsesAsync(uses.ToDictionary(), cancel).ConfigureAwait(false);
            foreach (var use in uses)
            {
                // Unless it was used again meanwhile.
                _uses.TryRemove(use);
            }
        }
        catch (NpgsqlException error)
        {
            Log.DirectoryAway(log, error.Message);
        }
    }
}
