using System.Text.Json;
using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse.Questions;
using Analytics.Storage.Postgres;

namespace Analytics.Api.Questions;

/// <summary>The kinds of questions in JSON. To map one here is all that it takes: it gets an address of its own, and it can be a tile.</summary>
/// <remarks>Filled while the endpoints are mapped, on one thread; only read from then on.</remarks>
internal sealed class QuestionKinds(QuestionDesk desk)
{
    /// <summary>Numbers over time.</summary>
    public const string Trend = "query";

    private readonly Dictionary<string, Func<Tenant, JsonElement, bool, TrendBatch, CancellationToken, Task<CachedAnswer>>> _kinds = new(StringComparer.Ordinal);

    /// <summary>All of them, in the order in which they were mapped.</summary>
    public IReadOnlyCollection<string> Names => _kinds.Keys;

    /// <summary>Adds a kind, and maps <c>/api/v1/analytics/{app_id}/{kind}</c> to it.</summary>
    /// <param name="routes">Where to.</param>
    /// <param name="kind">Its name; a label of metrics.</param>
    /// <param name="methods">How its address is called.</param>
    /// <param name="answer">Makes the answer; faults of the question are thrown.</param>
    /// <param name="shared">Makes it as one of several of a request that share what they read; null where they share nothing.</param>
    public void Map<T>(
        IEndpointRouteBuilder routes,
        string kind,
        string[] methods,
        Func<Tenant, QuestionNode, QuestionContext, CancellationToken, Task<T>> answer,
        Func<Tenant, QuestionNode, QuestionContext, TrendBatch, CancellationToken, Task<T>>? shared)
        where T : class, IAnswer
    {
        _kinds.Add(kind, (tenant, question, isAskedAnew, batch, cancel) => desk.OfAsync(
            kind, tenant, question, isAskedAnew, shared is null ? answer : (whose, node, context, stop) => shared(whose, node, context, batch, stop), cancel));
        routes.MapMethods("/api/v1/analytics/{app_id}/" + kind, methods, (string app_id, HttpContext http) => desk.AnswerAsync(kind, app_id, http, answer));
    }

    /// <summary>The answer to a question; null for a kind that there is not.</summary>
    /// <param name="kind">One of <see cref="Names"/>.</param>
    /// <param name="tenant">Whose figures; the caller has checked that the key may read them.</param>
    /// <param name="question">As the body of the kind's own address.</param>
    /// <param name="isAskedAnew">See <see cref="AnswerCache"/>.</param>
    /// <param name="batch">What trends of the same request share.</param>
    /// <param name="cancel">Ends the waiting.</param>
    public Task<CachedAnswer>? OfAsync(string kind, Tenant tenant, JsonElement question, bool isAskedAnew, TrendBatch batch, CancellationToken cancel) =>
        _kinds.TryGetValue(kind, out var answer) ? answer(tenant, question, isAskedAnew, batch, cancel) : null;
}
