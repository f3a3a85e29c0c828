using System.Globalization;
using Analytics.Api.Replies;
using Analytics.Core.Questions;
using Analytics.Core.Questions.Behind;
using Analytics.Storage.ClickHouse.Behind;
using Analytics.Storage.Postgres;

namespace Analytics.Api.Questions;

/// <summary>Lists who is behind a figure of a funnel, retention, lifecycle, stickiness, paths, an experiment or sessions.</summary>
internal sealed class BehindAnswer(FunnelUserQueries funnels, UserListQueries users, PathListQueries paths, SessionListQueries sessions, Completeness completeness)
{
    private const int Usual = 50;
    private const int Most = 100;
    private const string Words = "funnel, retention, lifecycle, stickiness, paths, experiment or sessions";

    /// <summary>The part asked for.</summary>
    /// <exception cref="InvalidQuestionException">The question, or the point, has faults.</exception>
    public async Task<BehindReply> OfAsync(Tenant tenant, QuestionNode node, QuestionContext context, CancellationToken cancel)
    {
        // Without the object there is nothing to read the rest by.
        node.ThrowIfFaulty();
        var (of, question) = (node["of"], node["question"]);
        if (!question.Has("start") || !question.Has("end"))
        {
            question.Fault("Expected the question with its start and its end, as the answer told them: a range would move on and list others.");
            node.ThrowIfFaulty();
        }

        var asked = new Asked(tenant, node, question, context with { Now = Now(node, context) }, node["limit"].Whole(1, Most, Usual), Cursor(node["cursor"]));
        var (scope, page) = of.IsText ? of.Text(Words) switch
        {
            "funnel" => await FunnelAsync(asked, cancel).ConfigureAwait(false),
            "retention" => await RetentionAsync(asked, cancel).ConfigureAwait(false),
            "lifecycle" => await LifecycleAsync(asked, cancel).ConfigureAwait(false),
            "stickiness" => await StickinessAsync(asked, cancel).ConfigureAwait(false),
            "paths" => await PathsAsync(asked, cancel).ConfigureAwait(false),
            "experiment" => await ExperimentAsync(asked, cancel).ConfigureAwait(false),
            "sessions" => await SessionsAsync(asked, cancel).ConfigureAwait(false),
            _ => throw Unknown(of),
        } : throw Unknown(of);
        return new(
            tenant.Id,
            tenant.Name,
            of.Text(Words)!,
            node.Has("figure") ? node["figure"].Text("a figure")! : of.Text(Words) switch { "sessions" => "sessions", "paths" => "count", _ => "users" },
            scope.Range.Start,
            scope.Range.End,
            [.. page.Items.Select(item => ItemOf(tenant, scope, item))],
            page.Next?.ToString(),
            await completeness.ThroughAsync(cancel).ConfigureAwait(false),
            Stale: false,
            Approximate: null,
            Source: of.Text(Words) == "sessions" ? "events+session_cells" : "events");
    }

    private static InvalidQuestionException Unknown(QuestionNode of) => new([new("of", $"Expected {Words}; found {(of.IsText ? $"'{of.Text(Words)}'" : "something else")}.")]);

    private static DateTimeOffset Now(QuestionNode node, QuestionContext context) =>
        node.Has("as_of") && QuestionTime.Instant(node["as_of"]) is { } then && then < context.Now ? then : context.Now;

    private static BehindCursor? Cursor(QuestionNode node)
    {
        const string Expected = "the 'next' of the part before";
        if (!node.IsSet || node.Text(Expected, most: 16_384) is not { } text)
        {
            return null;
        }

        var cursor = BehindCursor.Parse(text);
        if (cursor is null)
        {
            node.Expected(Expected);
        }

        return cursor;
    }

    private static BehindItemReply ItemOf(Tenant tenant, QuestionScope scope, BehindItem item) => new(
        item.User,
        item.Label,
        [.. item.Events.Select(BehindEventReply.Of)],
        item.Visit is { } visit ? new(visit.Start, visit.End, visit.Events) : null,
        item.User is { } user ? EventsOf(tenant, scope, user, item.Visit) : null);

    // A visit's events are told to the millisecond; a user's are those of the question's range and what else made it count.
    private static string EventsOf(Tenant tenant, QuestionScope scope, string user, BehindVisit? visit)
    {
        var whose = new Condition(Catalogue.Find("user_id")!, Operator.Equal, [new(user)]);
        Filter filter = visit is null ? whose : new AllOf(
        [
            whose,
            new Condition(Catalogue.Find("session_id")!, Operator.Equal, [new(visit.ClientSession)]),
            new Condition(Catalogue.Find("event_time")!, Operator.Between, [new(Text(visit.Start)), new(Text(visit.End))]),
        ]);
        var (start, end) = visit is null ? (scope.Range.Start, scope.Range.End) : (visit.Start.AddMinutes(-1), visit.End.AddMinutes(1));
        return string.Create(CultureInfo.InvariantCulture, $"/api/v1/analytics/{tenant.Id}/events?start={Text(start)}&end={Text(end)}")
            + (scope.WithBots || visit is not null ? "" : "&bots=exclude") + "&filter=" + Uri.EscapeDataString(FilterJson.Of(filter).ToJsonString());
    }

    private static string Text(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture);

    private async Task<(QuestionScope Scope, BehindPage Page)> FunnelAsync(Asked asked, CancellationToken cancel)
    {
        var question = FunnelReader.Read(asked.Question, asked.Context);
        var point = BehindReader.Funnel(asked.Node, question);
        asked.Node.ThrowIfFaulty();
        // Later steps may lie up to a window after the range.
        var scope = question.Scope with { Range = new(question.Scope.Range.Start, question.Scope.Range.End + question.Window) };
        return (scope, await funnels.PageAsync(asked.Tenant.Id, question, asked.Context.Now, point, asked.After, asked.Limit, cancel).ConfigureAwait(false));
    }

    private async Task<(QuestionScope Scope, BehindPage Page)> RetentionAsync(Asked asked, CancellationToken cancel)
    {
        var question = UserReaders.Retention(asked.Question, asked.Context);
        var point = BehindReader.Retention(asked.Node, question);
        asked.Node.ThrowIfFaulty();
        var zone = question.Scope.Zone;
        var last = PeriodNumbers.Of(question.Scope.Range.End, question.Period, zone) + question.Periods + 1;
        var scope = question.Scope with { Range = new(question.Scope.Range.Start, PeriodNumbers.StartOf(last, question.Period, zone)) };
        return (scope, await users.RetentionAsync(asked.Tenant.Id, question, point, asked.After, asked.Limit, cancel).ConfigureAwait(false));
    }

    private async Task<(QuestionScope Scope, BehindPage Page)> LifecycleAsync(Asked asked, CancellationToken cancel)
    {
        var question = UserReaders.Activity(asked.Question, asked.Context);
        var point = BehindReader.Lifecycle(asked.Node, question);
        asked.Node.ThrowIfFaulty();
        // Who is dormant was active in the period before.
        var before = PeriodNumbers.StartOf(PeriodNumbers.Of(question.Scope.Range.Start, question.Period, question.Scope.Zone) - 1, question.Period, question.Scope.Zone);
        return (question.Scope with { Range = question.Scope.Range with { Start = before } }, await users.LifecycleAsync(asked.Tenant.Id, question, point, asked.After, asked.Limit, cancel).ConfigureAwait(false));
    }

    private async Task<(QuestionScope Scope, BehindPage Page)> StickinessAsync(Asked asked, CancellationToken cancel)
    {
        var question = UserReaders.Activity(asked.Question, asked.Context);
        var point = BehindReader.Stickiness(asked.Node, question);
        asked.Node.ThrowIfFaulty();
        return (question.Scope, await users.StickinessAsync(asked.Tenant.Id, question, point, asked.After, asked.Limit, cancel).ConfigureAwait(false));
    }

    private async Task<(QuestionScope Scope, BehindPage Page)> PathsAsync(Asked asked, CancellationToken cancel)
    {
        var question = UserReaders.Path(asked.Question, asked.Context);
        var link = BehindReader.Path(asked.Node, question);
        asked.Node.ThrowIfFaulty();
        return (question.Scope, await paths.PageAsync(asked.Tenant.Id, question, link, asked.After, asked.Limit, cancel).ConfigureAwait(false));
    }

    private async Task<(QuestionScope Scope, BehindPage Page)> ExperimentAsync(Asked asked, CancellationToken cancel)
    {
        var question = UserReaders.Experiment(asked.Question, asked.Context);
        var point = BehindReader.Experiment(asked.Node, question);
        asked.Node.ThrowIfFaulty();
        var scope = question.Scope with { Range = new(question.Scope.Range.Start, question.Scope.Range.End + question.Window) };
        return (scope, await users.ExperimentAsync(asked.Tenant.Id, question, point, asked.After, asked.Limit, cancel).ConfigureAwait(false));
    }

    private async Task<(QuestionScope Scope, BehindPage Page)> SessionsAsync(Asked asked, CancellationToken cancel)
    {
        var (scope, group, _) = SessionAnswer.Read(asked.Question, asked.Context);
        var point = SessionAnswer.PointOf(asked.Node, group);
        asked.Node.ThrowIfFaulty();
        return (scope, await sessions.PageAsync(asked.Tenant.Id, scope, point, asked.After, asked.Limit, cancel).ConfigureAwait(false));
    }

    private sealed record Asked(Tenant Tenant, QuestionNode Node, QuestionNode Question, QuestionContext Context, int Limit, BehindCursor? After);
}
