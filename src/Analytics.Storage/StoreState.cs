namespace Analytics.Storage;

/// <summary>A store that does not answer, or not as it should.</summary>
/// <param name="Since">When that was first seen.</param>
/// <param name="Reason">What was last seen, for people.</param>
public sealed record Outage(DateTimeOffset Since, string Reason);

/// <summary>Whether a store answers, as those see it who use it.</summary>
/// <remarks>Any thread may look; those that tell may do so at the same time.</remarks>
public sealed class StoreState(TimeProvider time)
{
    private Outage? _outage;

    /// <summary>The outage that holds now; null when the last request was answered, or none was made yet.</summary>
    public Outage? Outage => Volatile.Read(ref _outage);

    /// <summary>A request failed. The beginning of an outage that holds already stays.</summary>
    public void IsAway(string reason) => Volatile.Write(ref _outage, new Outage(Outage?.Since ?? time.GetUtcNow(), reason));

    /// <summary>A request was answered.</summary>
    public void IsBack()
    {
        if (Outage is not null)
        {
            Volatile.Write(ref _outage, null);
        }
    }
}
