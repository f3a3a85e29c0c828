using System.Text.Json;
using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.ClickHouse.Questions;
using static Analytics.Storage.Tests.ClickHouse.Questions.QuestionTables;

namespace Analytics.Storage.Tests.ClickHouse.Questions;

public sealed class TrendBatchTests : IAsyncLifetime
{
    private const string Days = "\"start\": \"2026-03-01\", \"end\": \"2026-03-08\", \"granularity\": \"day\"";
    private readonly CountingWire _wire = new();
    private QuestionTables _tables = null!;
    private ClickHouseClient _client = null!;
    private RolledPeriods _rolled = null!;
    private TrendQueries _trends = null!;

    public async Task InitializeAsync()
    {
        _tables = await NewAsync();
        var random = new Random(3);
        string[] names = ["page_view", "product_view", "add_to_cart", "order_placed"];
        await _tables.AddAsync(Enumerable.Range(0, 500).Select(_ => new MadeEvent
        {
            Name = names[random.Next(names.Length)],
            Time = Utc("2026-02-20").AddMinutes(random.Next(16 * 24 * 60)),
            User = "u" + random.Next(40),
            Country = random.Next(2) == 0 ? "DE" : "FR",
            Currency = "EUR",
            Revenue = random.Next(1_000),
            Units = 1,
        }).ToList());
        _client = new(new() { Url = (await Testing.ClickHouseServer.SharedAsync()).Url, Database = _tables.Client.Database }, TimeProvider.System, _wire);
        // Its clock stands, so that it asks once.
        _rolled = new(_client, new StoppedTime(Utc("2026-06-01")));
        _trends = new(new(_client, new()), _rolled);
        await _rolled.AllAsync(default);
    }

    [Fact]
    public async Task Questions_about_the_same_cells_share_a_statement_and_are_answered_as_if_each_were_alone()
    {
        TrendQuestion[] asked =
        [
            Read($"{{{Days}, \"metrics\": [\"revenue\"]}}"),
            Read($"{{{Days}, \"metrics\": [\"orders\", \"page_views\"]}}"),
            Read($"{{{Days}, \"metrics\": [\"aov\"]}}"),
            Read($"{{{Days}, \"metrics\": [\"cart_rate\"]}}"),
        ];

        var (figures, statements) = await TogetherAsync(asked);

        Assert.Equal(1, statements);
        for (var i = 0; i < asked.Length; i++)
        {
            var alone = await _trends.OfAsync(1, asked[i], asked[i].Scope.Range, asked[i].Scope.Range, default);
            Assert.Equal(JsonSerializer.Serialize(alone), JsonSerializer.Serialize(figures[i]));
            Assert.Contains(figures[i].Groups[0].Totals, total => total > 0);
        }
    }

    [Theory]
    [InlineData("\"metrics\": [\"orders\"], \"filter\": [{\"property\": \"country\", \"value\": \"DE\"}]")]
    [InlineData("\"metrics\": [\"orders\"], \"breakdown\": [\"country\"]")]
    [InlineData("\"metrics\": [\"orders\"], \"bots\": \"exclude\"")]
    [InlineData("\"metrics\": [\"orders\"], \"time_zone\": \"Europe/Berlin\"")]
    public async Task A_question_about_other_rows_has_a_statement_of_its_own(string other)
    {
        TrendQuestion[] asked = [Read($"{{{Days}, \"metrics\": [\"orders\"]}}"), Read($"{{{Days}, {other}}}")];

        var (figures, statements) = await TogetherAsync(asked);

        Assert.Equal(2, statements);
        var alone = await _trends.OfAsync(1, asked[1], asked[1].Scope.Range, asked[1].Scope.Range, default);
        Assert.Equal(JsonSerializer.Serialize(alone), JsonSerializer.Serialize(figures[1]));
    }

    [Theory]
    // Adjacent, a year apart, and where a year before is still going on when the range begins: two statements.
    [InlineData("2026-03-05", "2026-03-07", "previous_period", 1)]
    [InlineData("2026-03-01", "2026-03-08", "year_over_year", 1)]
    [InlineData("2025-03-01", "2026-03-08", "year_over_year", 2)]
    public async Task A_range_and_what_it_is_compared_with_are_one_statement_where_they_do_not_overlap(string start, string end, string compare, int statements)
    {
        var question = Read($"{{\"start\": \"{start}\", \"end\": \"{end}\", \"granularity\": \"week\", \"metrics\": [\"orders\", \"revenue\"], \"breakdown\": [\"country\"], \"compare\": \"{compare}\"}}");
        var (range, now) = (question.Scope.Range, Utc("2026-06-01"));
        var other = ComparisonRange.Of(question.Compare!.Value, range, question.Scope.Zone, now);
        var before = _wire.Sent;

        var figures = await _trends.ComparedAsync(1, question, range, other, batch: null, default);

        Assert.Equal(statements, _wire.Sent - before);
        Assert.Equal(JsonSerializer.Serialize(await _trends.OfAsync(1, question, range, range, default)), JsonSerializer.Serialize(figures.Now));
        Assert.Equal(JsonSerializer.Serialize(await _trends.OfAsync(1, question, other, range, default)), JsonSerializer.Serialize(figures.Before));
        Assert.Contains(figures.Now.Groups[0].Totals, total => total > 0);
    }

    [Fact]
    public async Task A_range_that_is_compared_shares_the_statement_of_its_batch()
    {
        var question = Read($"{{{Days}, \"metrics\": [\"orders\"]}}");
        var (range, other) = (question.Scope.Range, new TimeRange(Utc("2026-02-22"), Utc("2026-03-01")));
        var batch = new TrendBatch(Utc("2026-06-01"));
        batch.Announce(question, range);
        batch.Announce(question, other);
        var before = _wire.Sent;

        var together = await Task.WhenAll(_trends.ComparedAsync(1, question, range, other, batch, default), _trends.ComparedAsync(1, question, range, other, batch, default));

        Assert.Equal(2, _wire.Sent - before);
        Assert.Equal(JsonSerializer.Serialize(together[0].Before), JsonSerializer.Serialize(together[1].Before));
        Assert.Contains(together[0].Before.Groups[0].Totals, total => total > 0);
    }

    [Fact]
    public async Task A_question_that_was_not_announced_is_answered_all_the_same()
    {
        var (announced, other) = (Read($"{{{Days}, \"metrics\": [\"orders\"]}}"), Read($"{{{Days}, \"metrics\": [\"page_views\"]}}"));
        var batch = new TrendBatch(Utc("2026-06-01"));
        batch.Announce(announced, announced.Scope.Range);

        var figures = await _trends.OfAsync(1, other, other.Scope.Range, other.Scope.Range, batch, default);

        var alone = await _trends.OfAsync(1, other, other.Scope.Range, other.Scope.Range, default);
        Assert.Equal(JsonSerializer.Serialize(alone), JsonSerializer.Serialize(figures));
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _tables.DisposeAsync();
    }

    private static TrendQuestion Read(string json) => TrendReader.Read(Node(json), Context());

    private async Task<(TrendFigures[] Figures, int Statements)> TogetherAsync(TrendQuestion[] asked)
    {
        var batch = new TrendBatch(Utc("2026-06-01"));
        Array.ForEach(asked, question => batch.Announce(question, question.Scope.Range));
        var before = _wire.Sent;
        var figures = await Task.WhenAll(asked.Select(question => _trends.OfAsync(1, question, question.Scope.Range, question.Scope.Range, batch, default)));
        return (figures, _wire.Sent - before);
    }

    private sealed class StoppedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }

    private sealed class CountingWire() : DelegatingHandler(new SocketsHttpHandler())
    {
        private int _sent;

        public int Sent => _sent;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _sent);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
