using Analytics.Core.Chunks;
using Analytics.Worker.Consuming;

namespace Analytics.Worker.Tests.Consuming;

/// <summary>Random logs, random fetches, random trouble: the chain of chunks is always the log's own.</summary>
public class ChunkChainTests
{
    private const ulong Epoch = 5;
    private const int Seeds = 300;
    private const int Size = 50;
    private const int WarmUp = 120;
    private static readonly ConsumingOptions Options = new() { ChunkSize = Size, BatchRecords = 16, WarmUpRecords = WarmUp };

    [Fact]
    public void Any_splitting_of_fetches_gives_the_same_chain()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var random = new Random(seed);
            var log = RandomLog(random);
            using var owner = new PartitionOwner(log, Options, new Start(Epoch, log[0].Offset, log[0].Offset, []));

            Drive(owner, random, _ => false);

            Assert.Equal(Chain(log), Of(owner.Counted));
            Assert.Equal(Chain(log).SkipLast(1).Select(chunk => chunk.Offsets[^1]), owner.Sealed.Values);
        }
    }

    [Fact]
    public void A_take_over_at_any_time_goes_on_with_the_same_chain_and_the_horizon_before_it()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var random = new Random(seed);
            var log = RandomLog(random);
            var expected = Chain(log);
            var at = log[0].Offset;
            var seen = new SortedDictionary<long, List<long>>();
            for (var life = 0; life < 6; life++)
            {
                var start = TakeOver.Choose(Epoch, at, [], [], log[0].Offset, log[^1].Offset + 1, WarmUp);
                using var owner = new PartitionOwner(log, Options, start);
                var turns = life == 5 ? int.MaxValue : random.Next(40);

                Drive(owner, random, turn => turn >= turns);

                var counted = Of(owner.Counted);
                Assert.All(counted.SkipLast(1), chunk => Assert.Contains(expected, other => other.First == chunk.First && other.Offsets.SequenceEqual(chunk.Offsets)));
                Assert.All(counted, chunk => Assert.Contains(expected, other => other.First == chunk.First && other.Offsets.Take(chunk.Offsets.Count).SequenceEqual(chunk.Offsets)));
                counted.ForEach(chunk => seen[chunk.First] = chunk.Offsets);
                AssertWarmed(owner, log, start);
                at = owner.Committed() ?? at;
                Assert.Contains(at, expected.Select(chunk => chunk.First).Append(log[0].Offset).Concat(expected.Select(chunk => chunk.Offsets[^1] + 1)));
            }

            Assert.Equal(expected, [.. seen.Select(chunk => new CountedChunk(chunk.Key, chunk.Value))]);
        }
    }

    // A random client, clock, graph and history, until the log is drained or the owner is stopped.
    private static void Drive(PartitionOwner owner, Random random, Func<int, bool> isOver)
    {
        var quiet = 0;
        for (var turn = 0; quiet < 3 && !isOver(turn); turn++)
        {
            Assert.NotEqual(ReaderState.Halted, owner.Reader.State);
            owner.Fetch(random.Next(40));
            owner.Tick(random.Next(300));
            switch (random.Next(8))
            {
                case 0:
                    owner.Reader.Hold();
                    break;
                case 1 when owner.Reader.SeekTo < 0:
                    owner.Deliver(new LogRecord(random.Next(2_000), 0));
                    break;
                case 2 or 3 or 4:
                    owner.SettleOne();
                    break;
                default:
                    owner.Reader.Release();
                    break;
            }

            quiet = owner.Reader.IsDrained && owner.Unsettled.Count == 0 ? quiet + 1 : 0;
        }

        owner.Reader.Release();
        owner.Tick(100_000);
    }

    private static void AssertWarmed(PartitionOwner owner, List<LogRecord> log, Start start)
    {
        var warmed = owner.Batches.Where(batch => batch.WarmUp).SelectMany(batch => batch.Offsets.Take(batch.Count)).ToList();
        var before = log.Select(record => record.Offset).Where(offset => offset >= start.WarmFrom && offset < start.At).ToList();
        Assert.Equal(owner.Counted.Count > 0 ? before : before.Take(warmed.Count), warmed);
    }

    // The rule of borders once more, in its simplest form: it shares no code with the reader.
    private static List<CountedChunk> Chain(List<LogRecord> log)
    {
        var chain = new List<CountedChunk>();
        var firstTimestamp = 0L;
        for (var i = 0; i < log.Count; i++)
        {
            if (i == 0 || log[i].Offset / Size > log[i - 1].Offset / Size || log[i].Timestamp >= firstTimestamp + 3_600_000)
            {
                chain.Add(new CountedChunk(log[i].Offset, []));
                firstTimestamp = log[i].Timestamp;
            }

            chain[^1].Offsets.Add(log[i].Offset);
        }

        return chain;
    }

    private static List<CountedChunk> Of(Dictionary<ChunkId, List<long>> counted) =>
        [.. counted.OrderBy(chunk => chunk.Key.FirstOffset).Select(chunk => new CountedChunk(chunk.Key.FirstOffset, chunk.Value))];

    private static List<LogRecord> RandomLog(Random random)
    {
        var log = new List<LogRecord>();
        var (offset, time) = ((long)random.Next(100), 1_000_000_000L);
        for (var count = 200 + random.Next(600); count > 0; count--)
        {
            log.Add(new LogRecord(offset, time - random.Next(10_000)));
            offset += random.Next(50) == 0 ? 1 + random.Next(60) : 1;
            time += random.Next(60) == 0 ? random.Next(5_000_000) : random.Next(1_000);
        }

        return log;
    }

    private sealed record CountedChunk(long First, List<long> Offsets)
    {
        public bool Equals(CountedChunk? other) => other is not null && First == other.First && Offsets.SequenceEqual(other.Offsets);

        public override int GetHashCode() => HashCode.Combine(First, Offsets.Count);
    }
}
