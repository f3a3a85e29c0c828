namespace Analytics.Worker.Windowing;

/// <summary>What an entry still waits for; bits of <see cref="Slot{TKey, TValue}.Marks"/>.</summary>
internal static class Marks
{
    /// <summary>Changed since the last flush to ClickHouse.</summary>
    public const int History = 1;

    /// <summary>Changed since the last flush to Redis.</summary>
    public const int Live = 2;

    /// <summary>Changed since either.</summary>
    public const int All = History | Live;
}
