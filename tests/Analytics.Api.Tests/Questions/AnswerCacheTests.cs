using System.Net;
using System.Text.Json;
using Analytics.Api.Questions;
using Analytics.Storage.ClickHouse;
using Analytics.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Analytics.Api.Tests.Questions;

public sealed class AnswerCacheTests : IDisposable
{
    private static readonly AnswerKey Key = AnswerKey.Of("history", 1, "a");

    private readonly SteppedTime _time = new();
    private readonly ApiMetrics _metrics = new();
    private readonly AnswerOptions _options = new();
    private readonly QuestionQuota _quota;
    private readonly AnswerCache _cache;
    private int _asked;

    public AnswerCacheTests()
    {
        _quota = new(_options);
        _cache = new(_options, _quota, _metrics, _time, NullLogger<AnswerCache>.Instance);
    }

    [Fact]
    public async Task A_thousand_who_ask_the_same_at_once_have_one_answer_made()
    {
        var gate = new TaskCompletionSource();
        var replies = Enumerable.Range(0, 1_000).Select(_ => Task.Run(() => AskAsync(gate: gate.Task))).ToArray();
        await Eventually.HoldsAsync("it is being made", () => _asked == 1);
        gate.SetResult();

        Assert.Equal([1], (await Task.WhenAll(replies)).Select(Number).Distinct());
        Assert.Equal(1, _asked);
    }

    [Fact]
    public async Task An_answer_is_given_again_for_a_minute_give_or_take_ten_seconds()
    {
        var fresh = new List<TimeSpan>();
        for (var i = 0; i < 200; i++)
        {
            fresh.Add((await AskAsync(AnswerKey.Of("history", 1, "q" + i))).FreshFor);
        }

        Assert.All(fresh, one => Assert.InRange(one.TotalSeconds, 50, 70));
        Assert.True(fresh.Min().TotalSeconds < 53 && fresh.Max().TotalSeconds > 67, $"{fresh.Min()} to {fresh.Max()}: expected them spread over the whole 20 s");
        _asked = 0;
        await AskAsync();
        _time.Step(49);
        Assert.Equal(1, Number(await AskAsync()));
        Assert.Equal(1, _asked);
    }

    [Fact]
    public async Task After_its_time_the_old_answer_is_given_at_once_while_the_new_one_is_made_once()
    {
        await AskAsync();
        _time.Step(75);
        var gate = new TaskCompletionSource();

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(1, Number(await AskAsync(gate: gate.Task)));
        }

        gate.SetResult();
        await Eventually.ValueAsync("the new one", () => AskAsync(), answer => Number(answer) == 2);
        Assert.Equal(2, _asked);
    }

    [Fact]
    public async Task Much_later_the_new_answer_is_waited_for()
    {
        await AskAsync();
        _time.Step(131);

        Assert.Equal(2, Number(await AskAsync()));
    }

    [Fact]
    public async Task Who_asks_anew_gets_a_new_answer_and_so_do_the_next()
    {
        await AskAsync();

        Assert.Equal(2, Number(await AskAsync(isAskedAnew: true)));
        Assert.Equal(2, Number(await AskAsync()));
    }

    [Fact]
    public async Task While_the_store_is_away_the_last_answer_stands_in_for_an_hour_and_says_so()
    {
        await AskAsync();
        _time.Step(3_500);
        var answer = await FailAsync(Away());

        Assert.True(answer.IsStale);
        Assert.True(JsonDocument.Parse(answer.Json).RootElement.GetProperty("stale").GetBoolean());
        Assert.Equal(1, Number(answer));
        _time.Step(101);
        await Assert.ThrowsAsync<ClickHouseUnavailableException>(() => FailAsync(Away()));
    }

    [Fact]
    public async Task A_problem_is_told_to_all_who_wait_and_is_not_kept()
    {
        await Assert.ThrowsAsync<Problem>(() => FailAsync(Problem.Invalid("start", "no")));

        Assert.Equal(1, Number(await AskAsync()));
    }

    [Fact]
    public async Task An_answer_that_is_old_itself_is_not_given_again()
    {
        await _cache.OfAsync(Key, false, _ => Task.FromResult(new Reply(0, "clickhouse", Stale: true)), default);

        Assert.Equal(1, Number(await AskAsync()));
    }

    [Fact]
    public async Task Who_goes_away_does_not_take_the_answer_from_the_others()
    {
        using var gone = new CancellationTokenSource();
        var gate = new TaskCompletionSource();
        var first = AskAsync(gate: gate.Task, cancel: gone.Token);
        var second = AskAsync(gate: gate.Task);
        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        gate.SetResult();
        Assert.Equal((1, 1), (Number(await second), _asked));
    }

    [Fact]
    public async Task Memory_is_bounded_and_what_was_used_last_stays()
    {
        _options.MaxBytes = 20_000;
        var keys = Enumerable.Range(0, 100).Select(i => AnswerKey.Of("history", 1, "q" + i)).ToList();
        foreach (var key in keys)
        {
            await AskAsync(key);
            _time.Step(0.01);
            Assert.InRange(_cache.Bytes, 1, 20_000);
        }

        _asked = 0;
        await AskAsync(keys[^1]);
        Assert.Equal(0, _asked);
        await AskAsync(keys[0]);
        Assert.Equal(1, _asked);
    }

    [Fact]
    public async Task A_tenant_that_asks_too_much_at_once_is_told_to_wait_and_the_others_are_not()
    {
        (_options.TenantAtOnce, _options.TenantWaiting) = (2, 3);
        var gate = new TaskCompletionSource();
        var asked = Enumerable.Range(0, 6).Select(i => AskAsync(AnswerKey.Of("history", 1, "q" + i), gate: gate.Task)).ToList();

        // Two at work and three that wait take all places.
        var refused = await Task.WhenAny(asked);
        var problem = await Assert.ThrowsAsync<Problem>(() => refused);
        Assert.Equal((429, "questions-waiting", true), (problem.Status, problem.Type, problem.RetryAfter > 0));
        await Eventually.HoldsAsync("two are being made", () => _asked == 2);
        Assert.Equal(3, Number(await AskAsync(AnswerKey.Of("history", 2, "q"))));
        gate.SetResult();
        asked.Remove(refused);
        await Task.WhenAll(asked);
        Assert.Equal(6, _asked);
    }

    public void Dispose()
    {
        _quota.Dispose();
        _metrics.Dispose();
    }

    private static int Number(CachedAnswer answer) => JsonDocument.Parse(answer.Json).RootElement.GetProperty("number").GetInt32();

    private static ClickHouseUnavailableException Away() => new(0, HttpStatusCode.ServiceUnavailable, "away");

    private Task<CachedAnswer> AskAsync(AnswerKey? key = null, bool isAskedAnew = false, Task? gate = null, CancellationToken cancel = default) => _cache.OfAsync(
        key ?? Key,
        isAskedAnew,
        async _ =>
        {
            var number = Interlocked.Increment(ref _asked);
            await (gate ?? Task.CompletedTask);
            return new Reply(number, "clickhouse", Stale: false);
        },
        cancel);

    private Task<CachedAnswer> FailAsync(Exception error) => _cache.OfAsync<Reply>(Key, false, _ => Task.FromException<Reply>(error), default);

    private sealed record Reply(int Number, string Source, bool Stale) : IAnswer;
}
