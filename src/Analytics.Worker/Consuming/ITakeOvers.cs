namespace Analytics.Worker.Consuming;

/// <summary>Hears where this worker goes on with a partition that others have counted before it.</summary>
/// <remarks>Called by the polling thread: returns at once.</remarks>
internal interface ITakeOvers
{
    /// <summary>The partition is ours; what lies before <paramref name="start"/> is counted and stands in ClickHouse.</summary>
    void TakenOver(ulong epoch, string topic, int partition, long start);
}
