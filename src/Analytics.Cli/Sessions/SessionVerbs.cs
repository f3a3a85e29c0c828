using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Analytics.Core.Questions;
using Analytics.Storage.ClickHouse;

namespace Analytics.Cli.Sessions;

/// <summary><c>analytics sessions</c>: figures of a tenant's visits.</summary>
internal static class SessionVerbs
{
    private static readonly Option<long> Tenant = new("--tenant") { Description = "Number of the tenant", Required = true };
    private static readonly Option<DateTimeOffset> From = new("--from") { Description = "Visits that begin at this instant or later, for example 2026-11-22T00:00Z", Required = true };
    private static readonly Option<DateTimeOffset> To = new("--to") { Description = "and before this one", Required = true };
    private static readonly Option<SessionGroup> By = new("--by") { Description = "all, source, campaign, entry or exit", DefaultValueFactory = _ => SessionGroup.All };
    private static readonly Option<bool> NoBots = new("--no-bots") { Description = "Leave out the visits of bots" };
    private static readonly Option<int> Limit = new("--limit") { Description = "At most so many groups, the largest first", DefaultValueFactory = _ => 50 };
    private static readonly JsonSerializerOptions Format = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, Converters = { new JsonStringEnumConverter() } };

    /// <summary>The verb.</summary>
    public static Command Make()
    {
        var sessions = new Command("sessions", "Visits of a tenant: how many, how long, how many bounced") { Tenant, From, To, By, NoBots, Limit };
        sessions.SetAction(AskAsync);
        return sessions;
    }

    private static async Task<int> AskAsync(ParseResult parsed, CancellationToken cancel)
    {
        var range = new TimeRange(parsed.GetValue(From), parsed.GetValue(To));
        var scope = new FigureScope(parsed.GetValue(Tenant), range, TimeZoneInfo.Utc, "", !parsed.GetValue(NoBots));
        using var clickHouse = new Places(parsed).OpenClickHouse();
        var groups = await new SessionQueries(new(clickHouse, new())).FiguresAsync(scope, parsed.GetValue(By), parsed.GetValue(Limit), cancel).ConfigureAwait(false);
        if (parsed.GetValue(Verbs.Json))
        {
            Console.WriteLine(JsonSerializer.Serialize(groups, Format));
            return ExitCode.Ok;
        }

        foreach (var one in groups)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{one.Sessions,10} sessions  {100.0 * one.Bounces / one.Sessions,5:F1} % bounced  {100.0 * one.Engaged / one.Sessions,5:F1} % engaged  "
                + $"{one.Duration / one.Sessions:hh\\:mm\\:ss} on average  {one.PageViews,10} pages  {one.Orders,8} orders  {one.Group}"));
        }

        if (groups.Count == 0)
        {
            Console.Error.WriteLine("no session began in this time");
        }

        return ExitCode.Ok;
    }
}
