using System.Diagnostics;

namespace Analytics.Benchmarks.Harness;

/// <summary>What a piece of work took.</summary>
/// <param name="Seconds">By the wall.</param>
/// <param name="CpuSeconds">Of the process that did it, user and system, all threads.</param>
internal readonly record struct Timing(double Seconds, double CpuSeconds)
{
    /// <summary>The mean of as many passes.</summary>
    public static Timing operator /(Timing all, int passes) => new(all.Seconds / passes, all.CpuSeconds / passes);
}

/// <summary>A clock for one piece of work in this process.</summary>
internal readonly struct Stretch
{
    private readonly long _started;
    private readonly TimeSpan _cpu;

    private Stretch(long started, TimeSpan cpu) => (_started, _cpu) = (started, cpu);

    /// <summary>Starts the clock.</summary>
    public static Stretch Start() => new(Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);

    /// <summary>What it took until now.</summary>
    public Timing End() => new(Stopwatch.GetElapsedTime(_started).TotalSeconds, (Environment.CpuUsage.TotalTime - _cpu).TotalSeconds);
}
