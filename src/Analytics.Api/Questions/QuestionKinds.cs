using System.Text.Json;
using Analytics.Storage.ClickHouse.Questions;
using Analytics.Storage.Postgres;

namespace Analytics.Api.Questions;

/// <summary>The kinds of questions that have an address of their own, by name: for those who ask several at once.</summary>
internal sealed class QuestionKinds(
    QuestionDesk desk,
    TrendAnswer trends,
    FunnelAnswer funnels,
    RetentionAnswer retention,
    ActivityAnswer activity,
    PathAnswer paths,
    ExperimentAnswer experiments,
    SessionAnswer sessions,
    SqlAnswer sql)
{
    /// <summary>Numbers over time.</summary>
    public const string Trend = "query";

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> Names = [Trend, "funnel", "retention", "lifecycle", "stickiness", "paths", "experiment", "sessions", "sql"];

    /// <summary>The answer to a question; null for a kind that there is not.</summary>
    /// <param name="kind">One of <see cref="Names"/>.</param>
    /// <param name="tenant">Whose figures; the caller has checked that the key may read them.</param>
    /// <param name="question">As the body of the kind's own address.</param>
    /// <param name="isAskedAnew">See <see cref="AnswerCache"/>.</param>
    /// <param name="batch">What trends of the same request share.</param>
    /// <param name="cancel">Ends the waiting.</param>
    public Task<CachedAnswer>? OfAsync(string kind, Tenant tenant, JsonElement question, bool isAskedAnew, TrendBatch batch, CancellationToken cancel) => kind switch
    {
        Trend => desk.OfAsync(
            kind, tenant, question, isAskedAnew, (whose, node, context, stop) => trends.OfAsync(whose, node, context with { Now = batch.Now }, batch, stop), cancel),
        "funnel" => desk.OfAsync(kind, tenant, question, isAskedAnew, funnels.OfAsync, cancel),
        "retention" => desk.OfAsync(kind, tenant, question, isAskedAnew, retention.OfAsync, cancel),
        "lifecycle" => desk.OfAsync(kind, tenant, question, isAskedAnew, activity.LifecycleAsync, cancel),
        "stickiness" => desk.OfAsync(kind, tenant, question, isAskedAnew, activity.StickinessAsync, cancel),
        "paths" => desk.OfAsync(kind, tenant, question, isAskedAnew, paths.OfAsync, cancel),
        "experiment" => desk.OfAsync(kind, tenant, question, isAskedAnew, experiments.OfAsync, cancel),
        "sessions" => desk.OfAsync(kind, tenant, question, isAskedAnew, sessions.OfAsync, cancel),
        "sql" => desk.OfAsync(kind, tenant, question, isAskedAnew, sql.OfAsync, cancel),
        _ => null,
    };
}
