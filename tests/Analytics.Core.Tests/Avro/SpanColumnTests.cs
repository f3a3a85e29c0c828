using Analytics.Core.Avro;

namespace Analytics.Core.Tests.Avro;

/// <summary>Goal: a batch is cleared of long texts by one look. Method: the longest of every number of rows, against the rows one by one.</summary>
public sealed class SpanColumnTests
{
    [Fact]
    public void The_longest_of_the_first_rows_is_found_wherever_it_stands_and_rows_beyond_them_do_not_count()
    {
        var random = new Random(7);
        for (var rows = 0; rows < 40; rows++)
        {
            var column = new SpanColumn();
            column.Reserve(rows + 1);
            for (var row = 0; row < rows; row++)
            {
                column.Length[row] = random.Next(-1, 300);
            }

            column.Length[rows] = 1_000;
            Assert.Equal(column.Length.Take(rows).DefaultIfEmpty(-1).Max(), column.Longest(rows));
        }
    }
}
