namespace Analytics.Hosting.Tests;

public sealed class HealthTests
{
    private readonly Health _health = new(TimeProvider.System);

    [Fact]
    public async Task Without_parts_the_process_is_well() =>
        Assert.Equal(HealthState.Healthy, (await _health.ReportAsync(CancellationToken.None)).State);

    [Fact]
    public async Task The_worst_part_is_the_state_of_the_process()
    {
        _health.Set("a", HealthState.Healthy);
        _health.Set("b", HealthState.Degraded, "waiting");
        _health.Check("c", HealthState.Unhealthy, _ => Task.CompletedTask);

        var report = await _health.ReportAsync(CancellationToken.None);

        Assert.Equal(HealthState.Degraded, report.State);
        Assert.Equal([("a", null), ("b", "waiting"), ("c", (string?)null)], report.Findings.Select(finding => (finding.Key, finding.Value.Detail)));
    }

    [Fact]
    public async Task A_part_that_does_not_answer_counts_as_failing()
    {
        _health.Check("slow", HealthState.Unhealthy, cancel => Task.Delay(Timeout.Infinite, cancel));

        var report = await _health.ReportAsync(CancellationToken.None);

        Assert.Equal(new HealthFinding(HealthState.Unhealthy, "no answer within 0.9 s"), report.Findings["slow"]);
    }

    [Fact]
    public async Task A_part_is_well_again_when_it_says_so()
    {
        _health.Set("sink", HealthState.Degraded, "away");
        _health.Set("sink", HealthState.Healthy);

        Assert.Equal(HealthState.Healthy, (await _health.ReportAsync(CancellationToken.None)).State);
    }
}
