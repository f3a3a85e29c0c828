using System.Runtime.InteropServices;

namespace Analytics.Local.Broker;

/// <summary>The process <c>broker</c>: listens, makes the topics, says that it is ready, and stops on SIGTERM or Ctrl-C.</summary>
internal static class BrokerVerb
{
    private static readonly string[] EventTopics = ["clickstream-events", "order-events", "inventory-events"];

    /// <summary>Runs until a signal. Gives the exit code: 0, or 1 when it cannot start (the reason stands on standard error).</summary>
    public static async Task<int> RunAsync(string[] arguments)
    {
        try
        {
            await ServeAsync(Read(arguments));
            return 0;
        }
        catch (Exception fault) when (fault is InvalidOperationException or ArgumentException)
        {
            await Console.Error.WriteLineAsync(fault.Message);
            return 1;
        }
    }

    private static async Task ServeAsync(BrokerOptions options)
    {
        using var stop = new CancellationTokenSource();
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Cancel(signal, stop));
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Cancel(signal, stop));
        using var broker = new BuiltInBroker(options);
        foreach (var topic in EventTopics)
        {
            broker.CreateTopic(topic, options.Partitions);
        }

        broker.CreateTopic("events.dlq", partitions: 1);
        Console.WriteLine($"ready broker {broker.BootstrapServers}");
        if (options.Control)
        {
            // Not Console.In: its asynchronous reads block the caller.
            var input = new StreamReader(Console.OpenStandardInput());
            _ = new BrokerConsole(broker, input, Console.Out).RunAsync(stop.Token);
        }

        await Task.Delay(Timeout.Infinite, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static BrokerOptions Read(string[] arguments)
    {
        var settings = new ConfigurationBuilder().AddEnvironmentVariables("Broker__").AddCommandLine(arguments).Build();
        return (settings.Get<BrokerOptions>() ?? new BrokerOptions()).Validated();
    }

    private static void Cancel(PosixSignalContext signal, CancellationTokenSource stop)
    {
        signal.Cancel = true;
        stop.Cancel();
    }
}
