using Analytics.Api.Replies;
using Analytics.Core.Questions;
using Analytics.Core.Questions.Behind;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.ClickHouse.Behind;
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

    private const int LongestLabel = 8_192;

    private static readonly Dictionary<string, SessionFigure> Figures = new(StringComparer.Ordinal)
    {
        ["sessions"] = SessionFigure.Sessions,
        ["bounces"] = SessionFigure.Bounces,
        ["engaged"] = SessionFigure.Engaged,
    };

    /// <summary>The figures asked for.</summary>
    /// <exception cref="InvalidQuestionException">The question has faults.</exception>
    public async Task<SessionsReply> OfAsync(Tenant tenant, QuestionNode node, QuestionContext context, CancellationToken cancel)
    {
        var (question, group, limit) = Read(node, context);
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
            FiguresOf((await totals.ConfigureAwait(false)).FirstOrDefault() ?? new("", 0, 0, 0, 0, 0, TimeSpan.Zero), null, EventsOf(PointGroup.All)),
            [.. groups.Select(one => FiguresOf(one, one.Group, EventsOf(new(one.Group, false))))],
            await completeness.ThroughAsync(cancel).ConfigureAwait(false),
            Stale: false,
            Approximate: null,
            Source: "session_cells");

        string? EventsOf(PointGroup one) => BehindLink.Of(tenant.Id, "sessions", node, question.Range, context.Now, BehindLink.Of(one) + "&figure={figure}");
    }

    /// <summary>A question about sessions.</summary>
    /// <exception cref="InvalidQuestionException">It has faults.</exception>
    public static (QuestionScope Scope, SessionGroup Group, int Limit) Read(QuestionNode node, QuestionContext context)
    {
        node.Only([.. QuestionTime.Fields, "group_by", "limit"]);
        var read = (QuestionTime.Scope(node, context), node["group_by"].Word(Groups, SessionGroup.All), node["limit"].Whole(1, 1_000, 20));
        node.ThrowIfFaulty();
        return read;
    }

    /// <summary>A figure of an answer.</summary>
    public static SessionPoint PointOf(QuestionNode node, SessionGroup by)
    {
        node.Only([.. BehindReader.Fields, "label"]);
        var label = node.Has("label") ? node["label"].Scalar(LongestLabel) : null;
        if (label is not null && by == SessionGroup.All)
        {
            node["label"].Fault("Expected no group, as the question has no group_by; found one.");
        }

        return new(node["figure"].Word(Figures, SessionFigure.Sessions), by, label);
    }

    private static SessionFiguresReply FiguresOf(SessionFigures figures, string? label, string? events)
    {
        double? Each(double sum) => figures.Sessions == 0 ? null : MeasuresReply.Rate(sum / figures.Sessions);
        return new(
            label, figures.Sessions, figures.Bounces, Each(figures.Bounces), figures.Engaged, Each(figures.Engaged), Each(figures.Duration.TotalSeconds),
            Each(figures.PageViews), figures.PageViews, figures.Orders, Each(figures.Orders), events);
    }
}
