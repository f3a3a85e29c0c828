using Analytics.Worker.Consuming;

namespace Analytics.Worker.Tests.Consuming;

public sealed class TopicLookTests
{
    private readonly List<TaskCompletionSource<ulong?>> _begun = [];
    private readonly TopicLook _look;

    public TopicLookTests() => _look = new TopicLook(() =>
    {
        _begun.Add(new TaskCompletionSource<ulong?>());
        return _begun[^1].Task;
    });

    [Fact]
    public async Task Who_asks_while_a_look_is_under_way_waits_for_the_next_together_with_all_others()
    {
        var first = _look.NextAsync();
        var (second, third) = (_look.NextAsync(), _look.NextAsync());
        Assert.Single(_begun);

        _begun[0].SetResult(1);
        Assert.Equal(1UL, await first);
        await Begun(2);
        Assert.False(second.IsCompleted);

        var fourth = _look.NextAsync();
        _begun[1].SetResult(2);
        Assert.Equal((2UL, 2UL), (await second, await third));
        await Begun(3);
        _begun[2].SetResult(3);
        Assert.Equal(3UL, await fourth);
        Assert.Equal(3, _begun.Count);
    }

    [Fact]
    public async Task An_answer_is_nobody_elses_once_it_is_given()
    {
        var first = _look.NextAsync();
        _begun[0].SetResult(null);
        Assert.Null(await first);

        var second = _look.NextAsync();
        _begun[1].SetResult(7);
        Assert.Equal(7UL, await second);
    }

    [Fact]
    public async Task A_look_that_fails_fails_those_who_waited_for_it_and_not_the_next()
    {
        var first = _look.NextAsync();
        var second = _look.NextAsync();
        _begun[0].SetException(new InvalidOperationException("no ids"));
        Assert.Equal("no ids", (await Assert.ThrowsAsync<InvalidOperationException>(() => first)).Message);
        await Begun(2);

        _begun[1].SetResult(5);
        Assert.Equal(5UL, await second);
    }

    private Task Begun(int looks) => Analytics.Testing.Eventually.HoldsAsync($"look {looks} has begun", () => _begun.Count == looks);
}
