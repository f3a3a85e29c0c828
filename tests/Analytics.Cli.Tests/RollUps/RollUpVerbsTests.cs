using Analytics.Cli.RollUps;

namespace Analytics.Cli.Tests.RollUps;

public sealed class RollUpVerbsTests
{
    [Theory]
    [InlineData("--from", "2026-11-22T00:00Z")]
    [InlineData("--to", "2026-11-22T00:00Z")]
    [InlineData("--from", "2026-11-22T00:00Z", "--to", "2026-11-21T00:00Z")]
    [InlineData("--from", "2026-11-22T00:00Z", "--to", "2026-11-22T00:00Z")]
    [InlineData("--from", "2026-11-22T00:30Z", "--to", "2026-11-23T00:00Z")]
    [InlineData("--all", "--from", "2026-11-22T00:00Z", "--to", "2026-11-23T00:00Z")]
    public async Task A_range_is_whole_hours_and_stands_alone(params string[] words) =>
        Assert.Equal(ExitCode.Usage, await Verbs.RunAsync(["rollup", "run", .. words], RollUpVerbs.Make()));
}
