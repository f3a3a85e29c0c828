using Analytics.Api.Replies;
using Analytics.Core.Questions;
using Analytics.Core.Questions.Behind;
using Analytics.Storage.ClickHouse.Questions;
using Analytics.Storage.Postgres;

namespace Analytics.Api.Questions;

/// <summary>Answers questions about paths.</summary>
internal sealed class PathAnswer(PathQueries queries, Completeness completeness)
{
    /// <summary>The figures asked for.</summary>
    /// <exception cref="InvalidQuestionException">The question has faults.</exception>
    public async Task<PathsReply> OfAsync(Tenant tenant, QuestionNode node, QuestionContext context, CancellationToken cancel)
    {
        var question = UserReaders.Path(node, context);
        var (paths, links) = await queries.OfAsync(tenant.Id, question, cancel).ConfigureAwait(false);
        return new(
            tenant.Id,
            tenant.Name,
            question.Scope.Range.Start,
            question.Scope.Range.End,
            question.IsBackwards ? "previous" : "next",
            question.By.Name,
            paths,
            [
                .. links.Select(link => new PathLinkReply(
                    link.Step, link.From, link.To is { Length: > 0 } to ? to : null, link.To?.Length == 0, link.To is null, link.Count, MeasuresReply.Rate((double)link.Count / paths)!.Value)),
            ],
            BehindLink.Of(
                tenant.Id, "paths", node, question.Scope.Range, context.Now, "&figure={figure}&step={step}&from={from}&to={to}&is_end={is_end}&is_other={is_other}"),
            await completeness.ThroughAsync(cancel).ConfigureAwait(false),
            Stale: false,
            Approximate: null,
            Source: "events");
    }
}
