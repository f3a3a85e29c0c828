using Analytics.Api.Replies;
using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.Postgres;

namespace Analytics.Api.Questions;

/// <summary>Answers questions about sessions.</summary>
internal sealed class SessionAnswer(SessionQueries sessions, Completeness completeness)
{
    private static readonly Dictionary<string, SessionGroup> Groups = new(StringComparer.Ordinal)
    {
        ["none"] = SessionGroup.All,
        ["source"] = SessionGroup.Source,
        ["campaign"] = SessionGroup.Campaign,
        ["entry"] = SessionGroup.Entry,
        ["exit"] = SessionGroup.Exit,
    };

    /// <summary>The figures asked for.</summary>
    /// <exception cref="InvalidQuestionException">The question has faults.</exception>
    public async Task<SessionsReply> OfAsync(Tenant tenant, QuestionNode node, QuestionContext context, CancellationToken cancel)
    {
        node.Only([.. QuestionTime.Fields, "group_by", "limit"]);
        var question = QuestionTime.Scope(node, context);
        var (group, limit) = (node["group_by"].Word(Groups, SessionGroup.All), node["limit"].Whole(1, 1_000, 20));
        node.ThrowIfFaulty();
        var scope = new FigureScope(tenant.Id, question.Range, question.Zone, tenant.Currency, question.WithBots);
        var totals = sessions.FiguresAsync(scope, SessionGroup.All, 1, cancel);
        var groups = group == SessionGroup.All ? [] : await sessions.FiguresAsync(scope, group, limit, cancel).ConfigureAwait(false);
        return new(
            tenant.Id,
            tenant.Name,
            question.Range.Start,
            question.Range.End,
            question.Zone.Id,
            Groups.First(pair => pair.Value == group).Key,
            FiguresOf((await totals.ConfigureAwait(false)).FirstOrDefault() ?? new("", 0, 0, 0, 0, 0, TimeSpan.Zero), null),
            [.. groups.Select(one => FiguresOf(one, one.Group))],
            await completeness.ThroughAsync(cancel).ConfigureAwait(false),
            Stale: false,
            Approximate: null,
            Source: "session_cells");
    }

    private static SessionFiguresReply FiguresOf(SessionFigures figures, string? label)
    {
        double? Each(double sum) => figures.Sessions == 0 ? null : MeasuresReply.Rate(sum / figures.Sessions);
        return new(
            label, figures.Sessions, figures.Bounces, Each(figures.Bounces), figures.Engaged, Each(figures.Engaged), Each(figures.Duration.TotalSeconds),
            Each(figures.PageViews), figures.PageViews, figures.Orders, Each(figures.Orders));
    }
}
