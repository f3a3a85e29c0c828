using Analytics.Local.Supervising;
using Analytics.Testing;

namespace Analytics.Local.Tests.Supervising;

public sealed class PartProcessTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Its_ready_line_is_waited_for()
    {
        await using var part = await StartReadyAsync(Shell("echo starting; echo ready thing http://127.0.0.1:1; exec sleep 100"), Limit);

        Assert.Equal("ready thing http://127.0.0.1:1", await part.ReadyAsync(Limit));
        Assert.False(part.HasExited);
    }

    [Fact]
    public async Task Ending_before_it_is_ready_is_an_error_that_shows_what_it_printed()
    {
        var fault = await Assert.ThrowsAsync<PartException>(() => StartReadyAsync(Shell("echo no such table >&2; exit 3"), Limit));

        Assert.Contains("exit code 3", fault.Message);
        Assert.Contains("no such table", fault.Message);
    }

    [Fact]
    public async Task Not_being_ready_in_time_is_an_error_that_shows_what_it_printed()
    {
        await using var part = await PartProcess.StartAsync(Shell("echo waiting for a lock; exec sleep 100"));
        await Eventually.HoldsAsync("it printed", () => part.LastLines.Length > 0);

        var fault = await Assert.ThrowsAsync<PartException>(() => part.ReadyAsync(TimeSpan.FromMilliseconds(50)));

        Assert.Contains("waiting for a lock", fault.Message);
    }

    [Fact]
    public async Task A_program_that_does_not_exist_is_named()
    {
        var fault = await Assert.ThrowsAsync<PartException>(
            () => StartReadyAsync(new PartCommand("part", "/nowhere/program"), Limit));

        Assert.Contains("/nowhere/program", fault.Message);
    }

    [Fact]
    public async Task Stopping_lets_it_finish_its_work_and_returns_its_exit_code()
    {
        await using var part = await StartReadyAsync(Shell("trap 'echo drained; exit 7' TERM; echo ready part; while :; do sleep 0.05; done"), Limit);

        Assert.Equal(7, await part.StopAsync(Limit));
        Assert.EndsWith("drained", part.LastLines);
    }

    [Fact]
    public async Task One_that_ignores_the_signal_is_killed_with_all_it_started()
    {
        await using var part = await StartReadyAsync(Shell("trap '' TERM; sleep 100 & echo $!; echo ready part; while :; do wait; done"), Limit);
        var grandchild = part.LastLines.Split('\n')[0];

        Assert.Equal(128 + 9, await part.StopAsync(TimeSpan.FromMilliseconds(200)));
        await Eventually.HoldsAsync("the grandchild is gone", () => !Runs(grandchild));
    }

    [Fact]
    public async Task All_output_stands_in_the_log_file()
    {
        var log = Path.GetTempFileName();
        await using (var part = await PartProcess.StartAsync(Shell("seq 1 500; echo end >&2") with { LogFile = log }))
        {
            Assert.Equal(0, await part.Exited);
        }

        Assert.Equal(501, (await File.ReadAllLinesAsync(log)).Length);
        File.Delete(log);
    }

    private static async Task<PartProcess> StartReadyAsync(PartCommand command, TimeSpan limit)
    {
        var part = await PartProcess.StartAsync(command);
        await part.ReadyAsync(limit);
        return part;
    }

    /// <summary>A zombie waits for its adoptive parent to notice: it no longer runs.</summary>
    private static bool Runs(string id) =>
        File.Exists($"/proc/{id}/stat") && !File.ReadAllText($"/proc/{id}/stat").Contains(") Z ", StringComparison.Ordinal);

    private static PartCommand Shell(string script) => new("part", "bash", "-c", script);
}
