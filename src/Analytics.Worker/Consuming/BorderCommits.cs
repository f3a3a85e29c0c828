using Confluent.Kafka;

namespace Analytics.Worker.Consuming;

/// <summary>Commits the ends of sealed chunks to Kafka, and nothing else.</summary>
/// <remarks>
/// In the background while the pump runs, one commit at a time: waiting for the group's coordinator must not stop the polls. A commit that fails is repeated
/// after a second; if the partition is gone by then, its next owner replays what was sealed, which changes nothing.
/// </remarks>
internal sealed class BorderCommits(ILogClient consumer, ChunkTracker tracker, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private Task _running = Task.CompletedTask;
    private long _failedAt;
    private volatile bool _hasFailed;
    private bool _isOver;

    /// <summary>Starts to commit what is ready, unless a commit is under way or has just failed.</summary>
    public void Start()
    {
        if (!_running.IsCompleted || (_hasFailed && time.GetElapsedTime(Volatile.Read(ref _failedAt)) < Pause))
        {
            return;
        }

        if (Ready() is { Count: > 0 } commits)
        {
            _running = Task.Run(() => Commit(commits));
        }
    }

    /// <summary>Commits what is ready of partitions that are about to be another's. Waits for it. The polling thread's, as <see cref="End"/>.</summary>
    public void CommitNow(IReadOnlyList<TopicPartition> partitions)
    {
        if (_isOver)
        {
            return;
        }

        var commits = Ready();
        commits.RemoveAll(commit => !partitions.Contains(new TopicPartition(commit.Topic, commit.Partition)));
        if (commits.Count > 0)
        {
            Commit(commits);
        }
    }

    /// <summary>Commits all that is ready, once. Waits for it, but no longer than <see cref="Pause"/>.</summary>
    public async Task FinishAsync()
    {
        try
        {
            await FinishRunningAsync().WaitAsync(Pause, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Log.CommitFailed(log, $"no answer within {Pause.TotalSeconds} s");
        }
    }

    /// <summary>From now on nothing is committed: it would keep the group's other members waiting.</summary>
    public void End() => _isOver = true;

    private async Task FinishRunningAsync()
    {
        await _running.ConfigureAwait(false);
        if (Ready() is { Count: > 0 } commits)
        {
            await Task.Run(() => Commit(commits)).ConfigureAwait(false);
        }
    }

    private List<(string Topic, int Partition, long Offset)> Ready()
    {
        var commits = new List<(string Topic, int Partition, long Offset)>();
        tracker.AddCommits(commits);
        return commits;
    }

    private void Commit(List<(string Topic, int Partition, long Offset)> commits)
    {
        try
        {
            consumer.Commit(commits);
            commits.ForEach(commit => tracker.Committed(commit.Topic, commit.Partition, commit.Offset));
            _hasFailed = false;
        }
        catch (KafkaException failure)
        {
            Volatile.Write(ref _failedAt, time.GetTimestamp());
            _hasFailed = true;
            Log.CommitFailed(log, failure.Error.Reason);
        }
    }
}
