namespace Analytics.Benchmarks.Harness;

/// <summary>One side of a comparison: does the same work on the same bytes, as often as it is asked.</summary>
internal interface IContender : IAsyncDisposable
{
    /// <summary>What the work came to, in a form that equals the other side's when both did the same. Never timed.</summary>
    Task<string> FingerprintAsync();

    /// <summary>Does the work once.</summary>
    Task<Timing> RunAsync();
}
