using Analytics.Worker.Writing;

namespace Analytics.Worker.Tests.Writing;

public sealed class ByteBudgetTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private readonly ByteBudget _budget = new(100);

    [Fact]
    public async Task There_is_room_until_the_limit_is_reached_and_again_below_it()
    {
        _budget.Take(99);
        Assert.True(_budget.HasRoom);
        Assert.True(_budget.RoomAsync().IsCompletedSuccessfully);
        _budget.Take(61);
        var waiting = _budget.RoomAsync();
        Assert.False(_budget.HasRoom);
        _budget.Return(60);
        Assert.False(waiting.IsCompleted);
        _budget.Return(1);
        await waiting.WaitAsync(Limit);
        Assert.Equal((true, 99), (_budget.HasRoom, _budget.Used));
    }

    [Fact]
    public async Task All_who_wait_go_on_together_and_the_next_wait_is_a_new_one()
    {
        _budget.Take(100);
        Task[] waiting = [_budget.RoomAsync(), _budget.RoomAsync()];
        _budget.Return(100);
        await Task.WhenAll(waiting).WaitAsync(Limit);
        _budget.Take(100);
        Assert.False(_budget.RoomAsync().IsCompleted);
    }

    [Fact]
    public async Task A_lifted_budget_bounds_nobody()
    {
        _budget.Take(500);
        var waiting = _budget.RoomAsync();
        _budget.Lift();
        await waiting.WaitAsync(Limit);
        _budget.Take(500);
        Assert.True(_budget.HasRoom);
    }
}
