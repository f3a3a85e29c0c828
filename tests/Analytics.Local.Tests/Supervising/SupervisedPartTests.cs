using Analytics.Local.Supervising;

namespace Analytics.Local.Tests.Supervising;

public sealed class SupervisedPartTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("analytics-part-").FullName;
    private readonly StringWriter _errors = new();
    private StackFolders _folders = null!;

    public Task InitializeAsync()
    {
        _folders = new(StackSettings.Read(name => name == "ANALYTICS_DATA" ? _folder : null));
        _folders.Prepare();
        return Task.CompletedTask;
    }

    public Task DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task One_that_was_killed_runs_again_and_the_terminal_says_so()
    {
        await using var part = await StartAsync("echo ready part; exec sleep 100");
        var first = Running();
        var revived = new TaskCompletionSource();
        part.Revived = () => Task.FromResult(revived.TrySetResult());

        first.Signal(9);

        await revived.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.NotEqual(first, Running());
        Assert.Contains("part: part died with exit code 137; it is started again in 0.5 s", _errors.ToString());
        await part.StopAsync();
    }

    [Fact]
    public async Task One_that_was_stopped_stays_stopped()
    {
        await using var part = await StartAsync("echo ready part; exec sleep 100");
        var process = Running();

        await part.StopAsync();

        Assert.False(process.IsRunning);
        Assert.False(File.Exists(PidFile));
        Assert.Equal("", _errors.ToString());
    }

    [Fact]
    public async Task One_that_fails_while_it_stops_is_told()
    {
        await using var part = await StartAsync("trap 'echo could not drain; exit 4' TERM; echo ready part; while :; do sleep 0.05; done");

        await part.StopAsync();

        Assert.Contains("part: part ended with exit code 4 when it was stopped", _errors.ToString());
        Assert.Contains("could not drain", _errors.ToString());
    }

    [Fact]
    public async Task A_process_that_a_killed_supervisor_left_behind_is_ended_before_the_next_start()
    {
        await using var left = await PartProcess.StartAsync(new PartCommand("left", "sleep", "100"));
        _folders.Remember("left", left.Id);

        await _folders.EndLeftoversAsync(Console(), TimeSpan.FromMilliseconds(100), TimeProvider.System);

        Assert.Equal(137, await left.Exited.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Empty(Directory.GetFiles(Path.Combine(_folder, "pids")));
    }

    [Fact]
    public async Task A_pidfile_whose_id_was_given_to_another_process_harms_nobody()
    {
        await using var other = await PartProcess.StartAsync(new PartCommand("other", "sleep", "100"));
        new ProcessIdentity(other.Id, 1).Write(PidFile);

        await _folders.EndLeftoversAsync(Console(), TimeSpan.Zero, TimeProvider.System);

        Assert.NotNull(ProcessIdentity.Of(other.Id));
    }

    private string PidFile => Path.Combine(_folder, "pids", "part");

    private ProcessIdentity Running() => ProcessIdentity.Read(PidFile)!.Value;

    private StackConsole Console() => new(TimeProvider.System, TextWriter.Null, _errors);

    private async Task<SupervisedPart> StartAsync(string script)
    {
        var part = new SupervisedPart(new Part("part", () => new PartCommand("part", "bash", "-c", script)), _folders, Console(), TimeProvider.System);
        await part.StartAsync(CancellationToken.None);
        return part;
    }
}
