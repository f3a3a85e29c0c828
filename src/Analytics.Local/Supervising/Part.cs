namespace Analytics.Local.Supervising;

/// <summary>One process of the stack: how to start it, how long it may take, and how it is called.</summary>
/// <param name="Name">Name in messages, of its log file and its pidfile.</param>
/// <param name="Command">Made anew at every start.</param>
internal sealed record Part(string Name, Func<PartCommand> Command)
{
    /// <summary>Starts within this, or is an error. Default 60 s: the slowest takes 3 s on two cores, a busy machine ten times that.</summary>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Has this long to stop before it is killed. Default 12 s: every part promises 10.</summary>
    public TimeSpan StopLimit { get; init; } = TimeSpan.FromSeconds(12);
}
