namespace Analytics.Api.Questions;

/// <summary>What every reply of figures says about itself; its JSON has these fields too.</summary>
internal interface IAnswer
{
    /// <summary>Where the figures are from: redis, clickhouse, …</summary>
    string Source { get; }

    /// <summary>True where they are older than they should be, because a store is away. Such an answer is not given again.</summary>
    bool Stale { get; }
}
