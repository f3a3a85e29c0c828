using System.Text.Json;
using Analytics.Core.Questions;
using Analytics.Core.Questions.Behind;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.ClickHouse.Behind;
using static Analytics.Storage.Tests.ClickHouse.Questions.QuestionTables;

namespace Analytics.Storage.Tests.ClickHouse.Behind;

/// <summary>What holds for every question about users and for every list behind its answer, by random ones against the real engine.</summary>
public sealed class UserPropertyTests(UserPropertyTests.Made made) : IClassFixture<UserPropertyTests.Made>
{
    private const string Now = "2026-03-08T12:00Z";

    // A matrix has hundreds of cells.
    private const int FiguresOfAQuestion = 6;

    private static readonly DateTimeOffset AsOf = Utc(Now);

    public static TheoryData<string> Kinds => ["funnel", "retention", "lifecycle", "stickiness", "paths", "experiment", "sessions"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task The_list_behind_every_figure_has_as_many_as_the_figure_says(string kind)
    {
        var random = new Random(7);
        var counted = 0L;
        for (var index = 0; index < MadeUsers.Questions; index++)
        {
            var json = MadeUsers.Question(kind, random);
            foreach (var (name, count, page) in Some(random, await FiguresAsync(made.Together, 1, kind, json)))
            {
                var items = await AllAsync(page, limit: 1 + (int)(count / 4) + random.Next(3));
                Assert.True(count == items.Count, $"{json}\n{name} says {count}; {items.Count} are listed: {JsonSerializer.Serialize(items)}");
                Assert.All(items, item => Assert.True(item.Events.Count > 0, $"{json}\n{name} lists {item.User} without an event."));
                counted += count;
            }
        }

        Assert.True(counted > 50, $"Only {counted} were counted: the questions find nothing.");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task No_question_about_users_of_one_tenant_reads_a_row_of_another_nor_does_a_list(string kind)
    {
        var random = new Random(8);
        for (var index = 0; index < MadeUsers.Questions / 2; index++)
        {
            var json = MadeUsers.Question(kind, random);
            var (alone, together) = (await FiguresAsync(made.Alone, 1, kind, json), await FiguresAsync(made.Together, 1, kind, json));
            Assert.Equal(alone.Select(one => (one.Name, one.Count)), together.Select(one => (one.Name, one.Count)));
            foreach (var left in Some(random, alone))
            {
                var right = together.Single(one => one.Name == left.Name);
                Assert.Equal(JsonSerializer.Serialize(await AllAsync(left.Page, 100)), JsonSerializer.Serialize(await AllAsync(right.Page, 100)));
            }

            foreach (var (name, count, page) in Some(random, await FiguresAsync(made.Alone, 2, kind, json)))
            {
                Assert.True(count == 0 && (await page(null, 10)).Items.Count == 0, $"{json}\n{name} of a tenant without events is {count}.");
            }
        }
    }

    // Mostly such as count something.
    private static IEnumerable<Figure> Some(Random random, List<Figure> figures) =>
        figures.OrderBy(figure => figure.Count == 0 && random.Next(5) > 0).ThenBy(_ => random.Next()).Take(FiguresOfAQuestion);

    private static async Task<List<BehindItem>> AllAsync(ListPage page, int limit)
    {
        var (items, after) = (new List<BehindItem>(), (BehindCursor?)null);
        do
        {
            var part = await page(after, limit);
            Assert.True(part.Items.Count <= limit);
            Assert.True(part.Next is null || part.Items.Count == limit);
            items.AddRange(part.Items);
            after = part.Next is { } next ? BehindCursor.Parse(next.ToString()) ?? throw new InvalidOperationException("A cursor cannot be read.") : null;
        }
        while (after is not null);
        return items;
    }

    private static async Task<List<Figure>> FiguresAsync(UserTables tables, long tenant, string kind, string json) => kind switch
    {
        "funnel" => await FunnelAsync(tables, tenant, FunnelReader.Read(Node(json), Context(Now))),
        "retention" => await RetentionAsync(tables, tenant, UserReaders.Retention(Node(json), Context(Now))),
        "lifecycle" => await LifecycleAsync(tables, tenant, UserReaders.Activity(Node(json), Context(Now))),
        "stickiness" => await StickinessAsync(tables, tenant, UserReaders.Activity(Node(json), Context(Now))),
        "paths" => await PathsAsync(tables, tenant, UserReaders.Path(Node(json), Context(Now))),
        "experiment" => await ExperimentAsync(tables, tenant, UserReaders.Experiment(Node(json), Context(Now))),
        "sessions" => await SessionsAsync(tables, tenant, QuestionTime.Scope(Node(json), Context(Now))),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a kind."),
    };

    private static async Task<List<Figure>> FunnelAsync(UserTables tables, long tenant, FunnelQuestion question)
    {
        var figures = await tables.Funnels.OfAsync(tenant, question, AsOf, default);
        var parts = figures.Groups.Select(group => (Group: new PointGroup(group.Label, group.Label is null), group.Steps)).Prepend((Group: PointGroup.All, figures.Steps));
        return
        [
            .. from part in parts
               from step in Enumerable.Range(1, part.Steps.Count)
               let now = part.Steps[step - 1]
               let next = step == part.Steps.Count ? now.Users : part.Steps[step].Users
               from figure in ((FunnelFigure What, long Count)[])[(FunnelFigure.Users, now.Users), (FunnelFigure.Open, now.Open), (FunnelFigure.Dropped, now.Users - next - now.Open)]
               let point = new FunnelPoint(step, figure.What, part.Group)
               select new Figure($"{point}", figure.Count, (after, limit) => tables.FunnelUsers.PageAsync(tenant, question, AsOf, point, after, limit, default)),
        ];
    }

    private static async Task<List<Figure>> RetentionAsync(UserTables tables, long tenant, RetentionQuestion question)
    {
        var rows = await tables.Retention.OfAsync(tenant, question, default);
        var groups = question.Breakdown is null ? [PointGroup.All] : rows.Select(row => new PointGroup(row.Label, row.Label is null)).Distinct().Prepend(PointGroup.All);
        return
        [
            .. from cohort in Buckets.Of(question.Scope.Range, question.Period, question.Scope.Zone).Select(start => PeriodNumbers.Of(start, question.Period, question.Scope.Zone))
               from after in Enumerable.Range(-1, question.Periods + 2)
               from one in groups.ToList()
               let point = new RetentionPoint(cohort, after < 0 ? null : after, one)
               let count = rows.Where(row => row.Cohort == cohort && row.After == after && (one.IsAll || row.Label == one.Label)).Sum(row => row.Users)
               select new Figure($"{point}", count, (last, limit) => tables.Users.RetentionAsync(tenant, question, point, last, limit, default)),
        ];
    }

    private static async Task<List<Figure>> LifecycleAsync(UserTables tables, long tenant, ActivityQuestion question)
    {
        var rows = await tables.Activity.LifecycleAsync(tenant, question, default);
        var groups = question.Breakdown is null ? [PointGroup.All] : rows.Select(row => new PointGroup(row.Label, row.Label is null)).Distinct().Prepend(PointGroup.All);
        return
        [
            .. from period in Buckets.Of(question.Scope.Range, question.Period, question.Scope.Zone).Select(start => PeriodNumbers.Of(start, question.Period, question.Scope.Zone))
               from kind in Enum.GetValues<LifecycleKind>()
               from one in groups.ToList()
               let point = new LifecyclePoint(period, kind, one)
               let count = rows.Where(row => row.Period == period && row.Kind == kind && (one.IsAll || row.Label == one.Label)).Sum(row => row.Users)
               select new Figure($"{point}", count, (after, limit) => tables.Users.LifecycleAsync(tenant, question, point, after, limit, default)),
        ];
    }

    private static async Task<List<Figure>> StickinessAsync(UserTables tables, long tenant, ActivityQuestion question)
    {
        var rows = await tables.Activity.StickinessAsync(tenant, question, default);
        var groups = question.Breakdown is null ? [PointGroup.All] : rows.Select(row => new PointGroup(row.Label, row.Label is null)).Distinct().Prepend(PointGroup.All);
        return
        [
            .. from periods in Enumerable.Range(1, 8)
               from one in groups.ToList()
               let point = new StickinessPoint(periods, one)
               let count = rows.Where(row => row.Periods == periods && (one.IsAll || row.Label == one.Label)).Sum(row => row.Users)
               select new Figure($"{point}", count, (after, limit) => tables.Users.StickinessAsync(tenant, question, point, after, limit, default)),
        ];
    }

    private static async Task<List<Figure>> PathsAsync(UserTables tables, long tenant, PathQuestion question)
    {
        var (paths, links) = await tables.Paths.OfAsync(tenant, question, default);
        return
        [
            new("all", paths, (after, limit) => tables.PathList.PageAsync(tenant, question, null, after, limit, default)),
            .. links.Select(link => new Figure($"{link.Step} {link.From} > {link.To ?? "others"}", link.Count, (after, limit) => tables.PathList.PageAsync(tenant, question, link, after, limit, default))),
        ];
    }

    private static async Task<List<Figure>> ExperimentAsync(UserTables tables, long tenant, ExperimentQuestion question)
    {
        var (variants, mixed, _) = await tables.Experiments.OfAsync(tenant, question, default);
        Figure Of(ExperimentPoint point, long count) => new($"{point}", count, (after, limit) => tables.Users.ExperimentAsync(tenant, question, point, after, limit, default));
        return
        [
            Of(new(null, null, false), mixed),
            .. variants.Select(variant => Of(new(variant.Variant, null, false), variant.Users)),
            .. from variant in variants
               from goal in Enumerable.Range(0, variant.Goals.Count)
               from hasConverted in (bool[])[true, false]
               let converted = variant.Goals[goal].Converted
               select Of(new(variant.Variant, goal, hasConverted), hasConverted ? converted : variant.Users - converted),
        ];
    }

    private static async Task<List<Figure>> SessionsAsync(UserTables tables, long tenant, QuestionScope scope)
    {
        var figures = new List<Figure>();
        foreach (var by in (SessionGroup[])[SessionGroup.All, SessionGroup.Source])
        {
            foreach (var group in await tables.Sessions.FiguresAsync(UserTables.ScopeOf(tenant, scope), by, 10, default))
            {
                foreach (var (figure, count) in ((SessionFigure, long)[])[(SessionFigure.Sessions, group.Sessions), (SessionFigure.Bounces, group.Bounces), (SessionFigure.Engaged, group.Engaged)])
                {
                    var point = new SessionPoint(figure, by, by == SessionGroup.All ? null : group.Group);
                    figures.Add(new($"{point}", count, (after, limit) => tables.SessionList.PageAsync(tenant, scope, point, after, limit, default)));
                }
            }
        }

        return figures;
    }

    private delegate Task<BehindPage> ListPage(BehindCursor? after, int limit);

    private sealed record Figure(string Name, long Count, ListPage Page);

    /// <summary>The same rows of tenant 1 twice: alone, and together with those of tenants 2 and 3.</summary>
    public sealed class Made : IAsyncLifetime
    {
        public UserTables Alone { get; private set; } = null!;

        public UserTables Together { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            var random = new Random(20_261_123);
            var own = MadeUsers.Events(random, 1, 500);
            Alone = await UserTables.NewAsync(own);
            Together = await UserTables.NewAsync(own, MadeUsers.Events(random, 2, 500), MadeUsers.Events(random, 3, 500));
        }

        public async Task DisposeAsync()
        {
            await Alone.DisposeAsync();
            await Together.DisposeAsync();
        }
    }
}
