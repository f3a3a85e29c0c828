using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Analytics.Api.Access;
using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.ClickHouse.Questions;
using Analytics.Storage.Postgres;

namespace Analytics.Api.Questions;

/// <summary>Where questions in JSON come in: finds the tenant that the key may read, the body, and what it is read against; gives the answer through the cache.</summary>
internal sealed class QuestionDesk(KeyRing keys, TenantDirectory tenants, HistoryQueries history, AnswerCache answers, ApiOptions options, TimeProvider time)
{
    // Of what came lately: the question that it was, so that what is asked over and over is not read again.
    private const int ReadQuestions = 10_000;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    private readonly RecentlyUsed<AnswerKey, ReadQuestion> _read = new(ReadQuestions);

    /// <summary>Answers the question in the body.</summary>
    /// <param name="kind">Name of the kind of question; a label of metrics.</param>
    /// <param name="app">The tenant: its number, or its id in the customer's own system.</param>
    /// <param name="http">The request.</param>
    /// <param name="answer">Makes the answer; faults of the question are thrown.</param>
    public async Task<IResult> AnswerAsync<T>(
        string kind, string app, HttpContext http, Func<Tenant, QuestionNode, QuestionContext, CancellationToken, Task<T>> answer)
        where T : class, IAnswer
    {
        var tenant = await TenantAsync(app, http).ConfigureAwait(false);
        var reader = http.Request.BodyReader;
        var body = await WholeAsync(reader, http.RequestAborted).ConfigureAwait(false);
        var asCame = AnswerKey.AsCame(kind, tenant.Id, body);
        if (_read.TryGet(asCame, out var read) && !AnswerCache.IsAskedAnew(http.Request) && answers.Kept(read.Key) is { } kept)
        {
            reader.AdvanceTo(body.End);
            return kept;
        }

        var question = Taken(reader, body);
        var key = AnswerKey.Of(kind, tenant.Id, question);
        _read.Set(asCame, new(key));
        return await answers.ReplyAsync(key, http, MakingOf(tenant, question, answer)).ConfigureAwait(false);
    }

    /// <summary>Answers a question that is read already.</summary>
    public Task<IResult> AnswerAsync<T>(
        string kind, Tenant tenant, JsonElement question, HttpContext http, Func<Tenant, QuestionNode, QuestionContext, CancellationToken, Task<T>> answer)
        where T : class, IAnswer =>
        answers.ReplyAsync(AnswerKey.Of(kind, tenant.Id, question), http, MakingOf(tenant, question, answer));

    /// <summary>The answer to a question that is read already, apart from any reply.</summary>
    public Task<CachedAnswer> OfAsync<T>(
        string kind, Tenant tenant, JsonElement question, bool isAskedAnew, Func<Tenant, QuestionNode, QuestionContext, CancellationToken, Task<T>> answer, CancellationToken cancel)
        where T : class, IAnswer =>
        answers.OfAsync(AnswerKey.Of(kind, tenant.Id, question), isAskedAnew, MakingOf(tenant, question, answer), cancel);

    /// <summary>Several trends of one request, so that those that read the same share a statement.</summary>
    /// <param name="tenant">Whose figures.</param>
    /// <param name="questions">The questions, faulty ones too: each is refused when it is asked.</param>
    /// <param name="isAskedAnew">False leaves out those that are kept.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<TrendBatch> BatchAsync(Tenant tenant, IEnumerable<JsonElement> questions, bool isAskedAnew, CancellationToken cancel)
    {
        var batch = new TrendBatch(time.GetUtcNow());
        foreach (var question in questions.Where(question => isAskedAnew || !answers.IsKept(AnswerKey.Of(QuestionKinds.Trend, tenant.Id, question))))
        {
            try
            {
                var context = await ContextAsync(tenant, question, cancel).ConfigureAwait(false);
                TrendAnswer.Announce(batch, QuestionNode.Of(question), context with { Now = batch.Now });
            }
            catch (Exception error) when (error is InvalidQuestionException or Problem or ClickHouseUnavailableException)
            {
                // It shares nothing, and is told so when it is asked itself.
                continue;
            }
        }

        return batch;
    }

    /// <summary>The tenant of this number or external id that the request's key may read.</summary>
    /// <exception cref="Problem">404: there is none, or the key may not see it.</exception>
    public async Task<Tenant> TenantAsync(string app, HttpContext http)
    {
        var key = await keys.ReaderAsync(http).ConfigureAwait(false);
        if (long.TryParse(app, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var id))
        {
            return await tenants.ReadableAsync(key, id, http.RequestAborted).ConfigureAwait(false);
        }

        return await tenants.ReadableAsync(key, app, http.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>The only tenant that the request's key may read.</summary>
    /// <exception cref="Problem">400: there are several, or none.</exception>
    public async Task<Tenant> OnlyTenantAsync(HttpContext http)
    {
        var readable = await tenants.ReadableAsync(await keys.ReaderAsync(http).ConfigureAwait(false), after: 0, limit: 2, http.RequestAborted).ConfigureAwait(false);
        return readable is [var only]
            ? only
            : throw Problem.Invalid("app_id", $"Expected app_id, as the key may read {(readable.Count == 0 ? "no tenant" : "several tenants")}; found none. GET /api/v1/tenants lists them.");
    }

    private Func<CancellationToken, Task<T>> MakingOf<T>(
        Tenant tenant, JsonElement question, Func<Tenant, QuestionNode, QuestionContext, CancellationToken, Task<T>> answer) => async cancel =>
            await answer(tenant, QuestionNode.Of(question), await ContextAsync(tenant, question, cancel).ConfigureAwait(false), cancel).ConfigureAwait(false);

    /// <summary>The body of a request as JSON.</summary>
    /// <exception cref="Problem">400: it is none.</exception>
    public static async Task<JsonElement> BodyAsync(HttpRequest request)
    {
        var body = await WholeAsync(request.BodyReader, request.HttpContext.RequestAborted).ConfigureAwait(false);
        return Taken(request.BodyReader, body);
    }

    // The server limits its size. It belongs to the reader until that is told to go on.
    private static async ValueTask<ReadOnlySequence<byte>> WholeAsync(PipeReader reader, CancellationToken cancel)
    {
        while (true)
        {
            var read = await reader.ReadAsync(cancel).ConfigureAwait(false);
            if (read.IsCompleted)
            {
                return read.Buffer;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static JsonElement Taken(PipeReader reader, in ReadOnlySequence<byte> body)
    {
        ReadOnlyMemory<byte> bytes = body.ToArray();
        reader.AdvanceTo(body.End);
        if (bytes.IsEmpty)
        {
            throw Problem.Invalid("body", "Expected a question in JSON as the body; found none. /openapi shows an example of every question.");
        }

        try
        {
            using var document = JsonDocument.Parse(bytes.Span.StartsWith(ByteOrderMark) ? bytes[ByteOrderMark.Length..] : bytes);
            JsonUnicode.Check(document.RootElement);
            return document.RootElement.Clone();
        }
        catch (JsonException error)
        {
            throw Problem.Invalid("body", $"Expected a question in JSON; found something else at line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}.");
        }
    }

    private async Task<QuestionContext> ContextAsync(Tenant tenant, JsonElement question, CancellationToken cancel)
    {
        bool Has(string name, string? value = null) => question.ValueKind == JsonValueKind.Object && question.TryGetProperty(name, out var field)
            && (value is null ? field.ValueKind != JsonValueKind.Null : field.ValueKind == JsonValueKind.String && field.GetString() == value);
        var extent = Has("range", "all") || (Has("end") && !Has("start")) ? await history.ExtentAsync(tenant.Id, cancel).ConfigureAwait(false) : null;
        return new(Period.ZoneOf(tenant), tenant.Currency, time.GetUtcNow(), extent, options.MaxPoints);
    }

    private sealed record ReadQuestion(AnswerKey Key);
}
