using Analytics.Simulation.Tests.Checking;
using Analytics.Simulation.Tests.Faking;
using Analytics.Simulation.Tests.Making;
using Analytics.Simulation.Tests.Mutating;

namespace Analytics.Simulation.Tests.Running;

/// <summary>What became of one seed.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Failure">What is wrong; null when all is right.</param>
/// <param name="Fingerprint">A hash over every step: the same seed has the same, always.</param>
/// <param name="Steps">Steps of the run.</param>
/// <param name="Workers">Workers that lived in it.</param>
/// <param name="Records">Records in its logs.</param>
internal sealed record RunResult(ulong Seed, string? Failure, ulong Fingerprint, int Steps, int Workers, int Records);

/// <summary>One run: a log, stores, a group of workers, and a seed that decides everything that happens, and when.</summary>
/// <remarks>
/// A storm of faults comes first, a calm follows in which all must be counted and committed, then every worker stops. All code of the run, the workers' included,
/// shares one thread (see <see cref="Program"/>); a step is one thing that the run does, and all that follows from it at once.
/// </remarks>
internal sealed class World
{
    private const int CalmSteps = 60_000;
    private readonly ulong _seed;
    private readonly TextWriter? _trace;
    private int _started;
    private int _steps;
    private ulong _fingerprint;
    private string? _failure;

    public World(ulong seed, Twist twist, TextWriter? trace = null)
    {
        (_seed, Twist, _trace, Dice, Current) = (seed, twist, trace, new Dice(seed), this);
        Plan = Plan.Of(Dice);
        var traffic = new Traffic(Plan, Dice);
        Logs = Plan.Partitions.Select(at => traffic.Make(at.Topic, at.Partition)).ToList();
        Versions = MadeVersion.Make(Plan, Dice, Logs);
        Truth = Reckoned();
        History = new SimulatedClickHouse(twist.History, Fail);
        Live = new SimulatedLive(twist.Live, Fail);
        Wire = new Wire(Dice);
        Watch = new Watch(this);
        Group = new SimulatedGroup(this);
    }

    /// <summary>The run that goes on now: there is one at a time.</summary>
    public static World? Current { get; private set; }

    public Dice Dice { get; }

    public Plan Plan { get; }

    public Twist Twist { get; }

    public IReadOnlyList<MadeLog> Logs { get; }

    /// <summary>Versions of the rules, the settings first.</summary>
    public IReadOnlyList<MadeVersion> Versions { get; }

    /// <summary>What must come out.</summary>
    public Recount Truth { get; private set; }

    /// <summary>What was settled of chunks and schemas, the first answer each.</summary>
    public Dictionary<(Core.Chunks.ChunkId Chunk, int Schema), bool> Verdicts { get; } = [];

    /// <summary>True from when on the registry knows the schemas that are registered late.</summary>
    public bool IsRegistered { get; set; }

    public SimulatedClickHouse History { get; }

    public SimulatedLive Live { get; }

    public Wire Wire { get; }

    public Watch Watch { get; }

    public SimulatedGroup Group { get; }

    /// <summary>Dead letters by key.</summary>
    public Dictionary<string, (string Reason, byte[] Record)> DeadLetters { get; } = new(StringComparer.Ordinal);

    /// <summary>Workers that live.</summary>
    public List<SimulatedWorker> Workers { get; } = [];

    /// <summary>Milliseconds since the start.</summary>
    public long Now { get; private set; }

    /// <summary>True while faults come.</summary>
    public bool IsStorm { get; private set; } = true;

    /// <summary>Something is wrong; the first thing said counts, and ends the run.</summary>
    public void Fail(string what)
    {
        _failure ??= $"step {_steps}: {what}";
        _trace?.WriteLine($"failure: {what}");
    }

    /// <summary>The log of a partition.</summary>
    public MadeLog LogOf((string Topic, int Partition) at) => Logs.First(log => (log.Topic, log.Partition) == at);

    /// <summary>Runs the seed to its end.</summary>
    public async Task<RunResult> RunAsync()
    {
        var faults = new Faults(this);
        await StepsAsync(() => _steps < Plan.StormSteps, faults.Next);
        IsStorm = false;
        await StepsAsync(() => !(_steps % 16 == 0 && Watch.IsAllDone), faults.Next);
        Workers.ForEach(worker => worker.Stop());
        await StepsAsync(() => Workers.Count > 0 || Wire.Landing > 0, faults.NextAtTheEnd);
        if (_failure is null)
        {
            new Comparison(this).Run();
        }

        return new RunResult(_seed, _failure, _fingerprint, _steps, _started, Logs.Sum(log => log.Records.Count));
    }

    /// <summary>A new worker joins.</summary>
    public void StartWorker() => Workers.Add(new SimulatedWorker(this, _started++));

    /// <summary>A worker is killed.</summary>
    public void Crash(SimulatedWorker worker)
    {
        worker.Crash();
        Workers.Remove(worker);
    }

    /// <summary>A chunk goes by a schema that was registered late: what must come out is another.</summary>
    public void Reckon() => Truth = Reckoned();

    /// <summary>Time passes for all.</summary>
    public void Advance(int milliseconds)
    {
        Now += milliseconds;
        foreach (var worker in Workers.ToArray())
        {
            worker.Time.MoveTo(Now);
        }
    }

    private Recount Reckoned() => new(Plan, Versions, Logs, (topic, partition, chunk) => Verdicts.Any(
        verdict => verdict.Value && (verdict.Key.Chunk.Topic, verdict.Key.Chunk.Partition, verdict.Key.Chunk.FirstOffset, verdict.Key.Schema) == (topic, partition, chunk, Traffic.LateSchemaOf(topic))));

    private async Task StepsAsync(Func<bool> goOn, Func<(string What, long Detail)> next)
    {
        var limit = _steps + CalmSteps;
        while (goOn() && _failure is null)
        {
            var (what, detail) = next();
            _fingerprint = (_fingerprint ^ (ulong)what.Length ^ ((ulong)what[0] << 8) ^ ((ulong)detail << 16)) * 0x9E3779B97F4A7C15;
            _fingerprint ^= _fingerprint >> 29;
            _trace?.WriteLine($"{_steps,6} {Now,7} {what} {detail}");
            await Settled.Everything();
            Workers.RemoveAll(worker => worker.IsGone);
            if (++_steps == limit)
            {
                Fail($"no progress: not everything was counted and committed {CalmSteps} steps after the last fault\n{Watch.Missing()}");
            }
        }
    }
}
