namespace Analytics.Storage.Tests;

public sealed class RevalidatedTests
{
    private readonly SteppedTime _time = new();
    private readonly Queue<TaskCompletionSource<int>> _asked = new();
    private readonly Revalidated<int> _value;

    public RevalidatedTests() => _value = new(AskAsync, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10), _time);

    [Fact]
    public async Task The_first_is_waited_for_and_asked_once_for_all_who_wait()
    {
        var (one, other) = (GetAsync(), GetAsync());
        Assert.False(one.IsCompleted);

        (await NextAsync()).SetResult(1);

        Assert.Equal((1, 1), (await one, await other));
        Assert.False(IsAsked);
    }

    [Fact]
    public async Task A_fresh_one_is_not_asked_for_again()
    {
        await KnowAsync(1);
        _time.Step(4.9);

        Assert.Equal(1, await GetAsync());
        Assert.False(IsAsked);
    }

    [Fact]
    public async Task An_older_one_is_given_out_while_it_is_asked_for_anew()
    {
        await KnowAsync(1);
        _time.Step(5);

        Assert.Equal(1, await GetAsync());
        var asked = await NextAsync();
        Assert.Equal(1, await GetAsync());
        asked.SetResult(2);

        await UntilAsync(async () => await GetAsync() == 2);
        Assert.False(IsAsked);
    }

    [Fact]
    public async Task One_that_is_too_old_is_waited_for()
    {
        await KnowAsync(1);
        _time.Step(10);

        var waiting = GetAsync();
        var asked = await NextAsync();
        Assert.False(waiting.IsCompleted);
        asked.SetResult(2);

        Assert.Equal(2, await waiting);
    }

    [Fact]
    public async Task A_failure_reaches_those_who_wait_and_the_next_asks_again()
    {
        var waiting = GetAsync();
        (await NextAsync()).SetException(new TimeoutException());

        await Assert.ThrowsAsync<TimeoutException>(() => waiting);
        await KnowAsync(3);
    }

    [Fact]
    public async Task A_failure_behind_the_scenes_leaves_the_last_one_until_it_is_too_old()
    {
        await KnowAsync(1);
        _time.Step(5);
        Assert.Equal(1, await GetAsync());
        (await NextAsync()).SetException(new TimeoutException());

        await UntilAsync(async () => await GetAsync() == 1 && IsAsked);
        (await NextAsync()).SetResult(2);
        await UntilAsync(async () => await GetAsync() == 2);
    }

    [Fact]
    public async Task Who_gives_up_ends_his_own_wait_only()
    {
        using var impatient = new CancellationTokenSource();
        var (one, other) = (_value.GetAsync(impatient.Token), GetAsync());
        var asked = await NextAsync();
        await impatient.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        asked.SetResult(1);
        Assert.Equal(1, await other);
    }

    private bool IsAsked
    {
        get
        {
            lock (_asked)
            {
                return _asked.Count > 0;
            }
        }
    }

    private Task<int> GetAsync() => _value.GetAsync(CancellationToken.None);

    private async Task KnowAsync(int value)
    {
        var waiting = GetAsync();
        (await NextAsync()).SetResult(value);
        Assert.Equal(value, await waiting);
    }

    private Task<int> AskAsync()
    {
        var answer = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_asked)
        {
            _asked.Enqueue(answer);
        }

        return answer.Task;
    }

    private async Task<TaskCompletionSource<int>> NextAsync()
    {
        TaskCompletionSource<int>? next = null;
        await UntilAsync(() =>
        {
            lock (_asked)
            {
                return Task.FromResult(_asked.TryDequeue(out next));
            }
        });
        return next!;
    }

    private static async Task UntilAsync(Func<Task<bool>> isTrue)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await isTrue())
        {
            await Task.Delay(1, limit.Token);
        }
    }

    private sealed class SteppedTime : TimeProvider
    {
        private DateTimeOffset _now = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

        public void Step(double seconds) => _now += TimeSpan.FromSeconds(seconds);

        public override DateTimeOffset GetUtcNow() => _now;
    }
}
