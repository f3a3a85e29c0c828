using Analytics.Cli.Queries;

namespace Analytics.Cli.Tests.Queries;

public sealed class RowsTextTests
{
    [Fact]
    public void Rows_stand_in_columns_numbers_to_the_right_and_nothing_steers_the_terminal()
    {
        var text = new StringWriter();
        RowsText.Write(
            ["time", "name", "n"],
            new([[new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero), "a\u001b[2J", 5L], [null, "longer name", 1234.5m]], true),
            text);

        Assert.Equal(
            "time                  name         n\n"
            + "2026-11-22T00:00:00Z  a\ufffd[2J             5\n"
            + "                      longer name  1234.5\n"
            + "(2 rows, and more)\n",
            text.ToString());
    }
}
