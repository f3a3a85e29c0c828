using System.CommandLine;
using Analytics.Core.Events;
using Analytics.Storage.Kafka;

namespace Analytics.Cli.Demo;

/// <summary><c>analytics demo load</c> and <c>analytics demo live</c>.</summary>
internal static class DemoVerbs
{
    /// <summary>The tenant of the live shop; the Superstore's sellers are 1 to 3.</summary>
    private const long LiveTenant = 4;

    private static readonly Option<string?> OrdersFile = new("--file") { Description = "The Superstore's CSV file; default: where setup put it" };
    private static readonly Option<int> Seed = new("--seed") { Description = "Another seed, another shop", DefaultValueFactory = _ => 1 };
    private static readonly Option<int> Sessions = new("--sessions") { Description = "Mean number of visits that start in a minute", DefaultValueFactory = _ => 18 };
    private static readonly Option<long> Tenant = new("--tenant") { Description = "The tenant of the live shop", DefaultValueFactory = _ => LiveTenant };

    /// <summary>The verbs.</summary>
    public static Command Make()
    {
        var load = new Command("load", "Send the Superstore's 9,994 real order lines of 2014 to 2017; a second load counts nothing") { OrdersFile };
        load.SetAction(LoadAsync);
        var live = new Command("live", "Send a shop's clicks and orders of today, then go on live until stopped") { Seed, Sessions, Tenant };
        live.SetAction(LiveAsync);
        return new Command("demo", "The demo's events") { load, live };
    }

    private static async Task<int> LoadAsync(ParseResult parsed, CancellationToken cancel)
    {
        var places = new Places(parsed);
        var file = parsed.GetValue(OrdersFile) ?? SuperstoreFile.Find();
        var lines = SuperstoreFile.Read(file);
        var orders = SuperstoreOrders.From(lines);
        using var registry = places.OpenRegistry();
        using var producer = places.OpenProducer();
        var sender = new EventSender(producer, registry);
        var sent = await sender.SendManyAsync(Topics.Orders, orders, cancel).ConfigureAwait(false);
        Console.WriteLine($"sent {sent} orders of {SuperstoreOrders.Sellers.Count} sellers with {lines.Count} lines, {orders[0].CreatedAt:yyyy-MM-dd} to {orders[^1].CreatedAt:yyyy-MM-dd}");
        return ExitCode.Ok;
    }

    private static async Task<int> LiveAsync(ParseResult parsed, CancellationToken cancel)
    {
        var places = new Places(parsed);
        using var registry = places.OpenRegistry();
        using var producer = places.OpenProducer();
        var sender = new EventSender(producer, registry);
        var traffic = new LiveTraffic(parsed.GetValue(Tenant), parsed.GetValue(Seed), parsed.GetValue(Sessions));
        var generator = new LiveGenerator(traffic, sender, TimeProvider.System);
        var from = TimeProvider.System.GetUtcNow();
        var sent = await generator.CatchUpAsync(cancel).ConfigureAwait(false);
        Console.WriteLine($"sent {sent} events of today so far");
        Console.WriteLine($"ready live-demo tenant {parsed.GetValue(Tenant)}");
        try
        {
            await generator.RunAsync(from, cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Asked to stop: that is how this verb ends.
        }

        return ExitCode.Ok;
    }
}
