using System.Globalization;
using System.Text.Json;
using Analytics.Core.Questions;

namespace Analytics.Core.Tests.Questions;

public sealed class TrendReaderTests
{
    [Theory]
    [InlineData("""{}""", "metrics", "Expected at least one metric, for example [\"revenue\"]; found nothing.")]
    [InlineData("""[1]""", "question", "Expected an object with some of the fields")]
    [InlineData("""{"metrics": ["revenu"]}""", "metrics[0]", "found 'revenu'")]
    [InlineData("""{"metrics": ["revenue", ""]}""", "metrics[1]", "Expected the name of a metric; found ''.")]
    [InlineData("""{"metrics": ["revenue"], "fitler": 1}""", "fitler", "found 'fitler', which means nothing here")]
    [InlineData("""{"metrics": ["revenue"], "filter": {"any": [{"property": "county", "value": 1}]}}""", "filter.any[0].property", "found 'county'")]
    [InlineData("""{"metrics": ["revenue"], "filter": {"property": "country", "op": ">", "value": 1}}""", "filter.op", "as country is a text; found '>'")]
    [InlineData("""{"metrics": ["revenue"], "filter": {"property": "country", "op": "like", "value": 1}}""", "filter.op", "found 'like'")]
    [InlineData("""{"metrics": ["revenue"], "filter": {"property": "country"}}""", "filter.value", "Expected a value or a list of values; found nothing.")]
    [InlineData("""{"metrics": ["events"], "filter": {"property": "units", "op": ">", "value": "many"}}""", "filter.value", "Expected a number; found 'many'.")]
    [InlineData("""{"metrics": ["events"], "filter": {"property": "units", "op": "between", "value": [1]}}""", "filter.value", "a list of two values")]
    [InlineData("""{"metrics": ["revenue"], "granularity": "fortnight"}""", "granularity", "Expected one of 5s, minute, hour, day, week, month or quarter; found 'fortnight'.")]
    [InlineData("""{"metrics": ["revenue"], "range": "90d", "granularity": "minute"}""", "granularity", "Expected at most 11000 points")]
    [InlineData("""{"metrics": ["revenue"], "range": "forever"}""", "range", "Expected today, yesterday, all")]
    [InlineData("""{"metrics": ["revenue"], "range": "7d", "start": "2026-01-01"}""", "range", "either a range or a start and an end")]
    [InlineData("""{"metrics": ["revenue"], "start": "2026-01-02", "end": "2026-01-01"}""", "end", "half open")]
    [InlineData("""{"metrics": ["revenue"], "start": "yesterday"}""", "start", "Expected a date (2026-11-22)")]
    [InlineData("""{"metrics": ["revenue"], "time_zone": "Mars/Olympus"}""", "time_zone", "found 'Mars/Olympus'")]
    [InlineData("""{"metrics": ["revenue"], "limit": 0}""", "limit", "Expected a whole number from 1 to 200; found 0.")]
    [InlineData("""{"metrics": ["revenue"], "breakdown": ["country", "device", "source", "name"]}""", "breakdown", "at most 3 items; found 4")]
    [InlineData("""{"metrics": ["revenue", "revenue"]}""", "metrics", "found 'revenue' twice")]
    [InlineData("""{"metrics": [{"event": "a", "measure": "sum"}]}""", "metrics[0].property", "Expected the property that is measured; found nothing.")]
    [InlineData("""{"metrics": [{"event": "a", "measure": "p100", "property": "revenue"}]}""", "metrics[0].measure", "from p1 to p99")]
    [InlineData("""{"metrics": [{"event": "a", "measure": "sum", "property": "country"}]}""", "metrics[0].property", "a property that is a number")]
    [InlineData("""{"metrics": [{"event": "a", "name": "it's"}]}""", "metrics[0].name", "letters, digits and _")]
    [InlineData("""{"metrics": ["revenue"], "formulas": [{"name": "x", "formula": "revenue / visits"}]}""", "formulas[0].formula", "found 'visits'")]
    [InlineData("""{"metrics": ["revenue"], "formulas": [{"name": "x", "formula": "revenue /"}]}""", "formulas[0].formula", "at character 10")]
    [InlineData("""{"metrics": ["page_views"], "breakdown": ["status"]}""", "metrics[0]", "known together")]
    [InlineData("""{"metrics": ["discount"], "source": "raw"}""", "source", "known as a sum only")]
    [InlineData("""{"metrics": ["events"], "range": "61m", "granularity": "5s"}""", "granularity", "Expected at most 60 minutes of granularity 5s")]
    [InlineData("""{"metrics": ["discount"], "range": "5m", "granularity": "5s"}""", "granularity", "as discount is known as a sum of minutes only; found 5s.")]
    [InlineData("""{"metrics": ["events"], "granularity": "week", "week_start": "friday"}""", "week_start", "Expected one of monday or sunday; found 'friday'.")]
    public void Every_fault_is_told_with_its_path_what_was_expected_and_what_was_found(string json, string path, string detail)
    {
        var faults = Assert.Throws<InvalidQuestionException>(() => Read(json)).Faults;

        Assert.Contains(faults, fault => fault.Path == path && fault.Detail.Contains(detail, StringComparison.Ordinal));
    }

    [Fact]
    public void All_faults_are_told_at_once()
    {
        var faults = Assert.Throws<InvalidQuestionException>(() => Read("""{"metrics": ["a", "b"], "range": "x", "filter": [{"property": "y"}, {"property": "z"}]}""")).Faults;

        Assert.Equal(["filter[0].property", "filter[1].property", "metrics[0]", "metrics[1]", "range"], faults.Select(fault => fault.Path).Order(StringComparer.Ordinal).Where(path => path != "filter[0].value" && path != "filter[1].value"));
    }

    [Theory]
    [InlineData("""{"metrics": ["page_views", "visitors"], "breakdown": ["country", "device", "source"]}""", Facts.Cells)]
    [InlineData("""{"metrics": ["page_views"], "filter": {"property": "campaign", "value": "spring"}}""", Facts.Events)]
    [InlineData("""{"metrics": ["page_views"], "breakdown": ["properties.plan"]}""", Facts.Events)]
    [InlineData("""{"metrics": ["page_views"], "source": "raw"}""", Facts.Events)]
    [InlineData("""{"metrics": [{"event": "order_placed", "measure": "p90", "property": "revenue"}]}""", Facts.Events)]
    [InlineData("""{"metrics": [{"event": "order_placed", "measure": "average", "property": "revenue"}]}""", Facts.Cells)]
    [InlineData("""{"metrics": ["visitors"], "filter": {"property": "currency", "value": "EUR"}}""", Facts.Events)]
    [InlineData("""{"metrics": ["orders"], "filter": {"property": "currency", "value": "EUR"}}""", Facts.Cells)]
    [InlineData("""{"metrics": ["revenue"], "breakdown": ["product_id"]}""", Facts.OrderLines)]
    public void A_metric_is_read_from_the_cheapest_table_that_knows_all_it_needs(string json, Facts table)
    {
        var question = Read(json);

        Assert.All(question.Metrics, metric => Assert.Equal(table, question.TableOf(metric)));
    }

    [Theory]
    [InlineData("5m", "events", Granularity.FiveSeconds, Facts.Events)]
    [InlineData("5m", "discount", Granularity.Minute, Facts.Cells)]
    [InlineData("6m", "events", Granularity.Minute, Facts.Cells)]
    [InlineData("2h", "events", Granularity.Minute, Facts.Cells)]
    [InlineData("3h", "events", Granularity.Hour, Facts.Cells)]
    [InlineData("7d", "events", Granularity.Day, Facts.Cells)]
    [InlineData("12mo", "events", Granularity.Week, Facts.Cells)]
    [InlineData("3y", "events", Granularity.Month, Facts.Cells)]
    public void The_granularity_is_chosen_by_the_range_where_none_is_named(string range, string metric, Granularity granularity, Facts table)
    {
        var question = Read($$"""{"metrics": ["{{metric}}"], "range": "{{range}}"}""");

        Assert.Equal((granularity, table), (question.Granularity, question.TableOf(question.Metrics[0])));
    }

    [Theory]
    [InlineData("monday", Granularity.Week)]
    [InlineData("sunday", Granularity.WeekFromSunday)]
    public void Weeks_start_on_the_day_asked_for(string day, Granularity granularity) =>
        Assert.Equal(granularity, Read($$"""{"metrics": ["events"], "granularity": "week", "week_start": "{{day}}"}""").Granularity);

    [Theory]
    [InlineData("today", "2026-03-10T23:00Z", "2026-03-11T23:00Z")]
    [InlineData("yesterday", "2026-03-09T23:00Z", "2026-03-10T23:00Z")]
    [InlineData("7d", "2026-03-04T23:00Z", "2026-03-11T23:00Z")]
    [InlineData("2w", "2026-02-25T23:00Z", "2026-03-11T23:00Z")]
    [InlineData("1mo", "2026-02-28T23:00Z", "2026-03-11T23:00Z")]
    [InlineData("24h", "2026-03-10T12:01Z", "2026-03-11T12:01Z")]
    [InlineData("30m", "2026-03-11T11:31Z", "2026-03-11T12:01Z")]
    public void A_range_ends_now_and_its_days_are_whole_days_of_the_zone(string range, string start, string end)
    {
        var scope = Read($"{{\"metrics\": [\"revenue\"], \"range\": \"{range}\"}}").Scope;

        Assert.Equal(new TimeRange(Utc(start), Utc(end)), scope.Range);
    }

    [Fact]
    public void A_moving_average_is_the_mean_of_as_many_points_and_unknown_before()
    {
        Assert.Equal([null, null, 2, 3], TrendValues.MovingAverage([1, 2, 3, 4], 3));
        Assert.Equal([null, null, null, 4], TrendValues.MovingAverage([1, null, 3, 5], 2).Select(value => value));
    }

    [Theory]
    [InlineData("country=DE", """[{"property":"country","op":"=","value":"DE"}]""")]
    [InlineData("country:DE|AT; units>=3", """[{"property":"country","op":"=","value":["DE","AT"]},{"property":"units","op":"\u003E=","value":"3"}]""")]
    [InlineData("page!~checkout", """[{"property":"page","op":"not_contains","value":"checkout"}]""")]
    public void Conditions_of_an_address_are_the_same_filters(string text, string json) => Assert.Equal(json, FilterText.Parse(text).ToJsonString());

    private static TrendQuestion Read(string json) => TrendReader.Read(
        QuestionNode.Of(JsonDocument.Parse(json).RootElement),
        new(TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"), "EUR", Utc("2026-03-11T12:00:30Z"), null, 11_000));

    private static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
