using Analytics.Api.Questions;
using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse.Questions;
using Analytics.Storage.Postgres;

namespace Analytics.Api.Endpoints;

/// <summary>How the endpoint of a question in JSON is mapped.</summary>
internal static class QuestionRoutes
{
    private static readonly string[] Usual = ["POST"];

    /// <summary>Maps a kind of question to its address, and makes it one that tiles may ask.</summary>
    /// <param name="routes">Where to.</param>
    /// <param name="kind">Last part of the address.</param>
    /// <param name="answer">Makes the answer.</param>
    /// <param name="methods">POST alone, unless others are given.</param>
    /// <param name="shared">Makes it as one of several of a request; null where they share nothing.</param>
    public static void MapQuestion<T>(
        this IEndpointRouteBuilder routes,
        string kind,
        Func<Tenant, QuestionNode, QuestionContext, CancellationToken, Task<T>> answer,
        string[]? methods = null,
        Func<Tenant, QuestionNode, QuestionContext, TrendBatch, CancellationToken, Task<T>>? shared = null)
        where T : class, IAnswer => routes.ServiceProvider.GetRequiredService<QuestionKinds>().Map(routes, kind, methods ?? Usual, answer, shared);

    /// <summary>What answers a question.</summary>
    public static T Answer<T>(this IEndpointRouteBuilder routes)
        where T : notnull => routes.ServiceProvider.GetRequiredService<T>();
}
