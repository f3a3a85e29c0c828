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

        Assert.Equal((HealthState.Unhealthy, "no answer within 0.9 s"), (report.Findings["slow"].State, report.Findings["slow"].Detail));
    }

    [Fact]
    public async Task A_part_that_is_not_well_says_since_when()
    {
        var before = TimeProvider.System.GetUtcNow();
        _health.Set("told", HealthState.Degraded, "away");
        _health.Check("asked", HealthState.Degraded, _ => throw new IOException("gone"));
        var known = before.AddMinutes(-5);
        _health.Ask("known", HealthState.Degraded, _ => Task.FromResult(new HealthFinding(HealthState.Degraded, "seen", known)));
        var first = (await _health.ReportAsync(CancellationToken.None)).Findings;
        _health.Set("told", HealthState.Degraded, "still away");

        var second = (await _health.ReportAsync(CancellationToken.None)).Findings;

        Assert.InRange(first["told"].Since!.Value, before, TimeProvider.System.GetUtcNow());
        Assert.InRange(first["asked"].Since!.Value, before, TimeProvider.System.GetUtcNow());
        Assert.Equal(("still away", first["told"].Since), (second["told"].Detail, second["told"].Since));
        Assert.Equal(("gone", first["asked"].Since), (second["asked"].Detail, second["asked"].Since));
        Assert.Equal(known, second["known"].Since);
    }

    [Fact]
    public async Task A_part_is_well_again_when_it_says_so()
    {
        _health.Set("sink", HealthState.Degraded, "away");
        _health.Set("sink", HealthState.Healthy);

        Assert.Equal(HealthState.Healthy, (await _health.ReportAsync(CancellationToken.None)).State);
    }
}
