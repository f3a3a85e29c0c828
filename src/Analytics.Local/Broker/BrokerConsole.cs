using System.Globalization;

namespace Analytics.Local.Broker;

/// <summary>Faults on demand: reads commands from a text reader, one a line, and answers each with <c>ok</c> or <c>refused …</c>.</summary>
/// <remarks>
/// <c>topic NAME PARTITIONS</c> · <c>drop TOPIC</c> · <c>truncate TOPIC PARTITION BEFORE</c> · <c>down</c> · <c>up</c> · <c>rtt
/// MILLISECONDS</c> ·
/// <c>fail REQUEST ERROR-CODE COUNT</c> (REQUEST is a name of <see cref="KafkaRequest"/>, ERROR-CODE Kafka's number; -195 drops the
/// connection) ·
/// <c>heal REQUEST</c>.
/// </remarks>
internal sealed class BrokerConsole(BuiltInBroker broker, TextReader commands, TextWriter answers)
{
    /// <summary>Runs until the end of the input or the cancellation.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (await commands.ReadLineAsync(cancellation) is { } line)
        {
            await answers.WriteLineAsync(Obey(line));
            await answers.FlushAsync(cancellation);
        }
    }

    private string Obey(string line)
    {
        try
        {
            return Run(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)) ? "ok" : $"refused: unknown command '{line}'";
        }
        catch (Exception fault) when (fault is InvalidOperationException or FormatException or OverflowException or ArgumentException)
        {
            return $"refused: {fault.Message}";
        }
    }

    private bool Run(string[] words)
    {
        switch (words)
        {
            case ["topic", var name, var partitions]: broker.CreateTopic(name, Number(partitions)); return true;
            case ["drop", var name]: broker.DeleteTopic(name); return true;
            case ["truncate", var name, var partition, var before]: broker.DeleteRecords(name, Number(partition), Number(before)); return true;
            case ["down"]: broker.GoDown(); return true;
            case ["up"]: broker.ComeUp(); return true;
            case ["rtt", var milliseconds]: broker.SetRoundTrip(Number(milliseconds)); return true;
            case ["fail", var request, var error, var count]: broker.Fail(Enum.Parse<KafkaRequest>(request), Number(error), Number(count)); return true;
            case ["heal", var request]: broker.Heal(Enum.Parse<KafkaRequest>(request)); return true;
            default: return false;
        }
    }

    private static int Number(string word) => int.Parse(word, CultureInfo.InvariantCulture);
}
