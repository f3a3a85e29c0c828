namespace Analytics.Storage.ClickHouse.Questions;

/// <summary>What one question may cost. Configuration section <c>Questions</c>.</summary>
public sealed class QuestionOptions
{
    /// <summary>Seconds that ClickHouse may work on a statement. Default 30: people leave a page before. Beyond it the question ends with 503.</summary>
    public int MaxSeconds { get; set; } = 30;

    /// <summary>Rows of the answer of a statement. Default 1,000,000: five times the numbers of the largest trend. Beyond it the question ends with 422.</summary>
    public long MaxResultRows { get; set; } = 1_000_000;

    /// <summary>Rows that a statement may read. Default 200,000,000: two cores read about that many cells in the 30 seconds. Beyond it the question ends with 422.</summary>
    public long MaxRowsToRead { get; set; } = 200_000_000;

    /// <summary>Bytes of memory of a statement. Default 2 GiB: exact percentiles of 100 million values take 0.8 GB. Beyond it the question ends with 503.</summary>
    public long MaxMemoryBytes { get; set; } = 2L << 30;

    /// <summary>Threads of a statement. Default 0: as many as ClickHouse has cores; a server that many share sets fewer. More than its cores bring nothing.</summary>
    public int MaxThreads { get; set; }

    /// <summary>
    /// Days for which a currency's rate stands in for days without one. Default 7: central banks publish none on week-ends and holidays, of which five may follow each other at
    /// Easter or New Year. Beyond it the rate is missing, and so is every figure that needs it.
    /// </summary>
    public int MaxRateAgeDays { get; set; } = 7;
}
