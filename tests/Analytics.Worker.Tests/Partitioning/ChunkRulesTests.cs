using System.Text;
using Analytics.Core.Events;
using Analytics.Worker.Configuring;
using Analytics.Worker.Consuming;
using Analytics.Worker.Enriching;
using Analytics.Worker.Partitioning;

namespace Analytics.Worker.Tests.Partitioning;

public sealed class ChunkRulesTests
{
    private const long Minute = 60_000;

    [Theory]
    [InlineData(1_000)]
    [InlineData(7)]
    public void What_a_user_sends_beyond_the_rate_of_a_minute_is_flagged_in_offset_order(int batch)
    {
        var events = Enumerable.Range(0, 30).SelectMany(i => new[]
        {
            new MadeEvent { Id = (ulong)(i * 4) + 1, User = "anna" },
            new MadeEvent { Id = (ulong)(i * 4) + 2, User = "anna", Created = MadeEvent.Noon - (i % 2 * Minute) - 1 },
            new MadeEvent { Id = (ulong)(i * 4) + 3, User = i % 2 == 0 ? "ben" : "cleo" },
            new MadeEvent { Id = (ulong)(i * 4) + 4, User = "anna", Tenant = 5 + (i % 2) },
        }).ToArray();
        var flagged = Run(new CountingOptions { UserEventsPerMinute = 20 }, batch, MadeBatches.Chunk(), events).Select(done => done.Rule == "rate").ToArray();

        // Anna's noon: offsets 0, 4, ... from the 21st on. Her 11:59 and 11:58 have 15 each, and so have the others.
        Assert.Equal(Enumerable.Range(20, 10).Select(i => i * 4), Enumerable.Range(0, flagged.Length).Where(row => flagged[row]));
    }

    [Fact]
    public void A_duplicate_does_not_count_for_the_rate_and_a_new_chunk_counts_anew()
    {
        var counting = new CountingOptions { UserEventsPerMinute = 2 };
        var partitioner = PartitionerOf(counting);
        MadeEvent[] first = [new() { Id = 1 }, new() { Id = 1 }, new() { Id = 1 }, new() { Id = 2 }, new() { Id = 3 }];
        Assert.Equal(["", "", "", "", "rate"], Run(partitioner, 10, MadeBatches.Chunk(), 0, first).Select(done => done.Rule));
        Assert.Equal(["", ""], Run(partitioner, 10, MadeBatches.Chunk(first: 5), 5, [new() { Id = 4 }, new() { Id = 5 }]).Select(done => done.Rule));
    }

    [Fact]
    public void A_bot_keeps_the_rule_of_its_agent()
    {
        MadeEvent[] events = [.. Enumerable.Range(1, 3).Select(id => new MadeEvent { Id = (ulong)id, UserAgent = "Googlebot/2.1" })];
        Assert.All(Run(new CountingOptions { UserEventsPerMinute = 1 }, 10, MadeBatches.Chunk(), events), done => Assert.Equal("googlebot", done.Rule));
    }

    [Fact]
    public void Of_debug_events_one_user_in_so_many_is_kept_with_all_of_its_events()
    {
        var events = Enumerable.Range(0, 3_000).Select(i => new MadeEvent { Id = (ulong)i + 1, User = $"user{i / 3}", Name = i % 3 == 0 ? "page_view" : "debug_trace" }).ToArray();
        var done = Run(new CountingOptions { DebugOneIn = 10 }, 500, MadeBatches.Chunk(), events);
        Assert.All(done.Where((_, i) => i % 3 == 0), record => Assert.Equal(Verdict.Accepted, record.Verdict));
        Assert.All(Enumerable.Range(0, 1_000), user => Assert.Equal(done[user * 3 + 1].Verdict, done[user * 3 + 2].Verdict));
        var kept = Enumerable.Range(0, 1_000).Count(user => done[user * 3 + 1].Verdict == Verdict.Accepted);
        Assert.InRange(kept, 70, 130);
        Assert.Equal(2_000 - kept * 2, done.Count(record => record.Verdict == Verdict.Filtered));
    }

    [Theory]
    [InlineData("page_view", 1_000, Verdict.Accepted)]
    [InlineData("sign_up", 1_000, Verdict.Accepted)]
    [InlineData("debug_trace", 1, Verdict.Accepted)]
    [InlineData("debug_trace", 1_000_000, Verdict.Filtered)]
    public void Business_events_are_never_sampled_whatever_the_list_says(string name, int oneIn, Verdict expected)
    {
        var counting = new CountingOptions { DebugNames = "debug_,page,sign", DebugOneIn = oneIn };
        Assert.Equal(expected, Assert.Single(Run(counting, 1, MadeBatches.Chunk(), new MadeEvent { Name = name })).Verdict);
    }

    [Fact]
    public void The_id_of_a_sampled_event_is_known_to_the_filter()
    {
        MadeEvent[] events = [new() { Id = 1, Name = "debug_trace" }, new() { Id = 1 }];
        Assert.Equal(
            [Verdict.Filtered, Verdict.Duplicate], Run(new CountingOptions { DebugOneIn = 1_000_000 }, 1, MadeBatches.Chunk(), events).Select(done => done.Verdict));
    }

    [Fact]
    public void Names_beyond_the_budget_count_as_other_and_the_columns_keep_them()
    {
        string[] names = ["a", "b", "page_view", "c", "a", "d", "order_placed", "b", "d"];
        var events = names.Select((name, i) => new MadeEvent { Id = (ulong)i + 1, Name = name }).ToArray();
        var done = Run(new CountingOptions { NamesPerTenant = 2 }, 4, MadeBatches.Chunk(), events);
        Assert.Equal(["a", "b", "page_view", "__other__", "a", "__other__", "order_placed", "b", "__other__"], done.Select(record => record.Counted));
        Assert.Equal(names, done.Select(record => record.Name));
    }

    [Fact]
    public void What_one_tenant_brings_changes_nothing_for_another()
    {
        var random = new Random(1);
        var quiet = Enumerable.Range(0, 2_000).Select(i => new MadeEvent { Id = (ulong)i + 1, Tenant = 5, Name = $"n{random.Next(40)}", User = $"u{random.Next(30)}" }).ToArray();
        var counting = new CountingOptions { NamesPerTenant = 30, UserEventsPerMinute = 60 };
        var alone = Run(counting, 512, MadeBatches.Chunk(), quiet);
        var loud = quiet.SelectMany((made, i) => new[] { made }.Concat(Enumerable.Range(0, 5).Select(more => new MadeEvent
        {
            Id = (ulong)(1_000_000 + i * 5 + more),
            Tenant = 4,
            Name = $"n{random.Next(1_000_000)}",
            User = $"u{random.Next(30)}",
        }))).ToArray();
        var together = Run(counting, 512, MadeBatches.Chunk(), loud);
        Assert.Equal(alone, together.Where((_, i) => i % 6 == 0));
        Assert.Equal(30, together.Where((_, i) => i % 6 != 0).Select(record => record.Counted).Where(name => name != "__other__").Distinct().Count());
    }

    [Fact]
    public void A_million_names_of_one_tenant_take_no_more_room_than_its_budget()
    {
        var budget = new NameBudget();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var admitted = 0;
        for (var name = 1; name <= 1_000_000; name++)
        {
            admitted += budget.Admits(4, name, 1_000) ? 1 : 0;
        }

        Assert.Equal(1_000, admitted);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024);
        Assert.True(budget.Admits(5, 1_000_001, 1_000));
    }

    [Fact]
    public void A_rate_is_counted_exactly_for_as_many_users_as_a_chunk_can_have()
    {
        var rates = new UserRates();
        var expected = new Dictionary<ulong, int>();
        var random = new Random(2);
        for (var i = 0; i < 400_000; i++)
        {
            var user = (ulong)random.Next(random.Next(4) == 0 ? 3 : 150_000) + 1;
            var count = expected[user] = expected.GetValueOrDefault(user) + 1;
            Assert.Equal(Math.Min(count, UserRates.Largest + 1), rates.Add(UserRates.KeyOf(4, user * 0x9E3779B97F4A7C15, MadeEvent.Noon)));
        }

        rates.Clear();
        Assert.Equal(1, rates.Add(UserRates.KeyOf(4, 0x9E3779B97F4A7C15, MadeEvent.Noon)));
    }

    private static KeyPartitioner PartitionerOf(CountingOptions counting) => new(configs: new FixedConfig(EventConfig.OfSettings(new EnrichingOptions(), counting)));

    private static List<Done> Run(CountingOptions counting, int batch, Chunk chunk, params MadeEvent[] events) => Run(PartitionerOf(counting), batch, chunk, 0, events);

    private static List<Done> Run(KeyPartitioner partitioner, int batch, Chunk chunk, long first, MadeEvent[] events)
    {
        var done = new List<Done>();
        for (var at = 0; at < events.Length; at += batch)
        {
            var enriched = MadeBatches.Enriched(chunk, first + at, [.. events.Skip(at).Take(batch)]);
            partitioner.Split(enriched, new LaneSlice?[3]);
            string Word(int id) => Encoding.UTF8.GetString(chunk.Words[id]);
            done.AddRange(Enumerable.Range(0, Math.Min(batch, events.Length - at)).Select(row => new Done(
                enriched.Decoded.Columns.Verdicts[row], Word(enriched.Decoded.Columns.Name.Ids[row]), Word(enriched.Names[row]), Word(enriched.BotRules[row]))));
        }

        return done;
    }

    private sealed record Done(Verdict Verdict, string Name, string Counted, string Rule);
}
