using System.Text.RegularExpressions;
using Analytics.Core.AdHoc;
using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse.AdHoc;
using static Analytics.Storage.Tests.ClickHouse.Questions.QuestionTables;

namespace Analytics.Storage.Tests.ClickHouse.AdHoc;

/// <summary>docs/QUERY-LANGUAGE.md says what is so: its examples run, its columns are those that there are.</summary>
public sealed partial class DocumentedQueryTests(AskedTables tables) : IClassFixture<AskedTables>
{
    private static readonly string Document = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "QUERY-LANGUAGE.md"));

    public static TheoryData<string> Examples => [.. Sql().Matches(Document).Select(example => example.Groups[1].Value)];

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task The_example_runs(string text)
    {
        var query = AdHocQuery.Read(text, new Dictionary<string, QueryValue>(), new(TimeZoneInfo.Utc, "EUR", Utc("2026-03-04T00:00:00Z")));
        var scope = new QuestionScope(new(Utc("2026-02-01"), Utc("2026-03-05")), TimeZoneInfo.Utc, "EUR", true);
        var queries = new AdHocQueries(tables.Together.Store, tables.Together.Client);
        var range = query.RangeWithin(scope.Range, false, null);
        if (query.IsExplained)
        {
            Assert.True((await queries.EstimateAsync(1, query, scope, range, default)).Rows > 0);
            return;
        }

        var rows = await queries.RowsAsync(1, query, scope, range, default);
        Assert.All(rows.Rows, row => Assert.Equal(query.Outputs.Count, row.Count));
    }

    [Fact]
    public void The_sources_and_their_columns_are_all_there()
    {
        var documented = Source().Matches(Document).ToDictionary(row => row.Groups[1].Value, row => Name().Matches(row.Groups[2].Value).Select(name => name.Groups[1].Value).Where(name => !name.StartsWith("properties", StringComparison.Ordinal)));

        Assert.Equal(QuerySource.All.Select(source => source.Name), documented.Keys);
        Assert.All(QuerySource.All, source => Assert.Equal(source.Columns.Select(column => column.Name).Order(StringComparer.Ordinal), documented[source.Name].Order(StringComparer.Ordinal)));
    }

    [GeneratedRegex("```sql\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Sql();

    [GeneratedRegex(@"^\| `(\w+)` \| [^|]* \| (.*) \|$", RegexOptions.Multiline)]
    private static partial Regex Source();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Name();
}
