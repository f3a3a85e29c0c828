using Analytics.Storage.ClickHouse;
using Analytics.Worker.Consuming;

namespace Analytics.Worker.Tests.Consuming;

public class TakeOverTests
{
    private const ulong Epoch = 7;

    private static readonly LedgerEntry[] NoLedger = [];

    [Theory]
    // why, committed (-1: none), ledger rows, start
    [InlineData("the committed border wins over the ledger", 200, "100-199 sealed, 200-230 open", 200)]
    [InlineData("a committed border that lags behind the ledger costs a replay only", 100, "100-199 sealed", 100)]
    [InlineData("a committed offset inside a chunk goes back to the chunk's border", 150, "100-199 sealed", 100)]
    [InlineData("the last offset of a chunk lies inside it", 199, "100-199 sealed", 100)]
    [InlineData("a committed offset inside an open chunk goes back as well", 230, "100-199 sealed, 200-230 open", 200)]
    [InlineData("without a commit, the end of the last sealed chunk", -1, "100-199 sealed", 200)]
    [InlineData("without a commit, an open chunk is counted again", -1, "100-199 sealed, 200-230 open", 200)]
    [InlineData("nothing after a chunk that is not sealed counts", -1, "100-199 open, 200-299 sealed", 100)]
    [InlineData("the first chunk is open still", -1, "100-149 open", 100)]
    [InlineData("a log that nobody has read starts at its beginning", -1, "", 20)]
    [InlineData("a commit without a ledger is believed", 55, "", 55)]
    public void The_start_is_a_border(string why, long committed, string ledger, long expected)
    {
        var start = TakeOver.Choose(Epoch, committed < 0 ? null : committed, Rows(ledger), [], logStart: 20, logEnd: 1_000, warmUp: 40);

        Assert.True(start.At == expected, $"{why}: expected {expected}, found {start.At}");
        Assert.Null(start.Problem);
        Assert.Equal(Epoch, start.Epoch);
    }

    [Theory]
    [InlineData(200, 160)]
    [InlineData(50, 20)]
    [InlineData(20, 20)]
    public void The_filter_is_warmed_from_the_horizon_or_the_start_of_the_log(long committed, long warmFrom) =>
        Assert.Equal(warmFrom, TakeOver.Choose(Epoch, committed, NoLedger, [], logStart: 20, logEnd: 1_000, warmUp: 40).WarmFrom);

    [Fact]
    public void Deleted_records_are_a_problem_for_a_human() =>
        Assert.Contains("150 records were deleted", TakeOver.Choose(Epoch, 50, NoLedger, [], logStart: 200, logEnd: 1_000, warmUp: 40).Problem);

    [Fact]
    public void A_truncated_log_is_a_problem_for_a_human() =>
        Assert.Contains("the log ends at 1000", TakeOver.Choose(Epoch, 1_001, NoLedger, [], logStart: 0, logEnd: 1_000, warmUp: 40).Problem);

    [Fact]
    public void The_end_of_the_log_is_a_start_like_any_other() =>
        Assert.Null(TakeOver.Choose(Epoch, 1_000, NoLedger, [], logStart: 0, logEnd: 1_000, warmUp: 40).Problem);

    [Theory]
    // why, ledger rows of this log, start
    [InlineData("this log has counted nothing yet", "", 20)]
    [InlineData("this log has not come so far", "20-99 sealed, 100-130 open", 100)]
    [InlineData("this log's open chunk ends there as yet", "20-99 sealed, 100-199 open", 100)]
    [InlineData("it is a border here too", "20-199 sealed, 200-230 open", 200)]
    [InlineData("it is a border here, far back", "100-199 sealed, 200-299 sealed, 900-910 open", 200)]
    [InlineData("an administrator has moved it into a chunk", "150-250 sealed", 150)]
    public void A_commit_that_an_older_log_explains_is_this_logs_only_where_its_ledger_knows_it(string why, string ledger, long expected)
    {
        OlderLog[] older = [new(Epoch + 1, 230, HadCommit: true), new(Epoch + 2, 900, HadCommit: false)];

        var start = TakeOver.Choose(Epoch, 200, Rows(ledger), older, logStart: 20, logEnd: 1_000, warmUp: 40);

        Assert.True(start.At == expected, $"{why}: expected {expected}, found {start.At}");
    }

    [Fact]
    public void A_commit_of_an_older_log_beyond_the_end_of_this_one_is_no_problem()
    {
        var start = TakeOver.Choose(Epoch, 5_000, NoLedger, [new(Epoch + 1, 5_000, HadCommit: true)], logStart: 0, logEnd: 1_000, warmUp: 40);

        Assert.Equal((0, null), (start.At, start.Problem));
    }

    private static LedgerEntry[] Rows(string text) =>
    [
        .. from row in text.Split(", ", StringSplitOptions.RemoveEmptyEntries)
           let parts = row.Split('-', ' ')
           select new LedgerEntry(long.Parse(parts[0]), long.Parse(parts[1]), parts[2] == "sealed"),
    ];
}
