using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Analytics.Simulation.Tests.Running;

/// <summary>Sums over many runs, as a process prints them and a test reads them.</summary>
internal sealed partial class RunSums
{
    private readonly Stopwatch _time = Stopwatch.StartNew();

    public int Seeds { get; private set; }

    public int Failed { get; private set; }

    public long Steps { get; private set; }

    public long Workers { get; private set; }

    public long Records { get; private set; }

    /// <summary>A hash over every step of every run.</summary>
    public ulong Fingerprint { get; private set; }

    public void Add(RunResult result)
    {
        Seeds++;
        Failed += result.Failure is null ? 0 : 1;
        (Steps, Workers, Records) = (Steps + result.Steps, Workers + result.Workers, Records + result.Records);
        Fingerprint = Fingerprint * 31 + result.Fingerprint;
    }

    /// <summary>Reads what <see cref="ToString"/> has written; null when it is not there, because the process ended before.</summary>
    public static RunSums? Read(string output)
    {
        var line = Line().Match(output);
        return !line.Success ? null : new RunSums
        {
            Seeds = int.Parse(line.Groups[1].Value, CultureInfo.InvariantCulture),
            Failed = int.Parse(line.Groups[2].Value, CultureInfo.InvariantCulture),
            Steps = long.Parse(line.Groups[3].Value, CultureInfo.InvariantCulture),
            Workers = long.Parse(line.Groups[4].Value, CultureInfo.InvariantCulture),
            Records = long.Parse(line.Groups[5].Value, CultureInfo.InvariantCulture),
            Fingerprint = ulong.Parse(line.Groups[6].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture),
        };
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"sums: {Seeds} seeds, {Failed} failed, {Steps} steps, {Workers} workers, {Records} records, fingerprint {Fingerprint:x16}, {_time.Elapsed.TotalSeconds:F1} s");

    [GeneratedRegex("sums: ([0-9]+) seeds, ([0-9]+) failed, ([0-9]+) steps, ([0-9]+) workers, ([0-9]+) records, fingerprint ([0-9a-f]+)")]
    private static partial Regex Line();
}
