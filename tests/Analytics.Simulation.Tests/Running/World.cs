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
    private readonly Traffic _traffic;
    private int _started;
    private int _steps;
    private ulong _fingerprint;
    private string? _failure;
    private bool _isCompared;
    private Recount? _truth;

    public World(ulong seed, Twist twist, TextWriter? trace = null)
    {
        (_seed, Twist, _trace, Dice, Current) = (seed, twist, trace, new Dice(seed), this);
        Plan = Plan.Of(Dice);
        _traffic = new Traffic(Plan, Dice);
        Logs = Plan.Partitions.Select(at => _traffic.Make(at.Topic, at.Partition, [])).ToList();
        AllLogs = [.. Logs];
        Versions = MadeVersion.Make(Plan, Dice, Logs);
        History = new SimulatedClickHouse(twist.History, Fail);
        Live = new SimulatedLive(twist.Live, Fail);
        Rebuild = new SimulatedRebuild(History, Live, Dice);
        Wire = new Wire(Dice);
        Watch = new Watch(this);
        Group = new SimulatedGroup(this);
    }

    /// <summary>The run that goes on now: there is one at a time.</summary>
    public static World? Current { get; private set; }

    public Dice Dice { get; }

    public Plan Plan { get; }

    public Twist Twist { get; }

    /// <summary>The logs as they are now.</summary>
    public List<MadeLog> Logs { get; }

    /// <summary>Those and the logs that their topics had before they were recreated; of one topic and partition the oldest first.</summary>
    public List<MadeLog> AllLogs { get; }

    /// <summary>Versions of the rules, the settings first.</summary>
    public IReadOnlyList<MadeVersion> Versions { get; }

    /// <summary>What must come out.</summary>
    public Recount Truth => _truth ??= Reckoned();

    /// <summary>What was settled of chunks and schemas, the first answer each.</summary>
    public Dictionary<(Core.Chunks.ChunkId Chunk, int Schema), bool> Verdicts { get; } = [];

    /// <summary>True from when on the registry knows the schemas that are registered late.</summary>
    public bool IsRegistered { get; set; }

    public SimulatedClickHouse History { get; }

    public SimulatedLive Live { get; }

    /// <summary>Brings back what <see cref="Live"/> has lost.</summary>
    public SimulatedRebuild Rebuild { get; }

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

    /// <summary>How often a topic was recreated.</summary>
    public int LifeOf(string topic) => Logs.First(log => log.Topic == topic).Life;

    /// <summary>A topic of which all is counted, and that has lives left; null when there is none.</summary>
    public string? Recreatable() => Logs.Where(log => log.Life < Plan.Recreations).Select(log => log.Topic).Distinct()
        .FirstOrDefault(topic => Logs.Where(log => log.Topic == topic).All(Watch.IsCounted));

    /// <summary>A topic is deleted and made again: its offsets begin at 0, under another id.</summary>
    public void Recreate(string topic)
    {
        for (var i = 0; i < Logs.Count; i++)
        {
            var log = Logs[i];
            if (log.Topic == topic)
            {
                Logs[i] = _traffic.Make(topic, log.Partition, AllLogs.FindAll(older => (older.Topic, older.Partition) == (topic, log.Partition)));
                AllLogs.Add(Logs[i]);
                Group.Recreated((topic, log.Partition));
            }
        }

        Reckon();
    }

    /// <summary>Runs the seed to its end.</summary>
    public async Task<RunResult> RunAsync()
    {
        var faults = new Faults(this);
        await StepsAsync(() => _steps < Plan.StormSteps, faults.Next);
        IsStorm = false;
        await StepsAsync(() => !IsAllDone(), faults.Next);
        Workers.ForEach(worker => worker.Stop());
        await StepsAsync(() => Workers.Count > 0 || Wire.Landing > 0, faults.NextAtTheEnd);
        if (_failure is null)
        {
            new Comparison(this).Run();
        }

        return new RunResult(_seed, _failure, _fingerprint, _steps, _started, AllLogs.Sum(log => log.Records.Count));
    }

    /// <summary>A new worker joins.</summary>
    public void StartWorker() => Workers.Add(new SimulatedWorker(this, _started++));

    /// <summary>A worker is killed.</summary>
    public void Crash(SimulatedWorker worker)
    {
        worker.Crash();
        Workers.Remove(worker);
    }

    /// <summary>A chunk goes by a schema that was registered late, or there is another log: what must come out is another.</summary>
    public void Reckon() => _truth = null;

    /// <summary>Time passes for all.</summary>
    public void Advance(int milliseconds)
    {
        Now += milliseconds;
        foreach (var worker in Workers.ToArray())
        {
            worker.Time.MoveTo(Now);
        }
    }

    // Wrong sums are told as such, before the wait for the live figures, which would never equal them.
    private bool IsAllDone()
    {
        if (_steps % 16 != 0)
        {
            return false;
        }

        if (!_isCompared && Watch.IsAllCounted)
        {
            _isCompared = true;
            new Comparison(this).History();
        }

        return Watch.IsAllDone;
    }

    private Recount Reckoned() => new(Plan, Versions, AllLogs, (log, chunk) =>
        Verdicts.GetValueOrDefault((new Core.Chunks.ChunkId(log.Epoch, log.Topic, log.Partition, chunk), Traffic.LateSchemaOf(log.Topic))));

    private async Task StepsAsync(Func<bool> goOn, Func<(string What, long Detail)> next)
    {
        var limit = _steps + CalmSteps * (1 + Plan.Recreations);
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
                Fail($"no progress: not everything was counted and committed {limit} steps, none of the last {CalmSteps} of which was a fault\n{Watch.Missing()}");
            }
        }
    }
}
