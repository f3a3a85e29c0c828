using System.Globalization;
using System.Text;
using Analytics.Core.Events;
using Analytics.Storage;
using Analytics.Worker.Consuming;
using Analytics.Worker.Windowing;
using Confluent.Kafka;

namespace Analytics.Worker.Writing;

/// <summary>Sends rejected records to the dead-letter topic, as they were, with their reason in the headers.</summary>
/// <remarks>
/// Key <c>topic/partition/offset</c>, with the epoch in a header, so that a record that is sent again after a replay can be told from another. Every record is acknowledged by all
/// replicas before the call ends; Kafka away: tried again until it is back. A record that the topic refuses as too large is sent cut short, with the
/// header <c>truncated-from</c>. The process has called <c>NativeLibraries.Resolve</c> before.
/// </remarks>
internal sealed class DeadLetterWriter(IProducer<string, byte[]> producer, WriteRetry retry)
{
    /// <summary>Bytes that are sent of a record that is too large for the topic.</summary>
    private const int CutTo = 64 * 1024;

    // Below the limit of a health check, so that the client's own reason is told.
    private static readonly TimeSpan PingLimit = TimeSpan.FromMilliseconds(700);

    /// <summary>A producer for dead letters: acknowledged by all replicas; the client's other settings (how to log in, say) are those of the whole worker.</summary>
    public static IProducer<string, byte[]> ProducerOf(KafkaAddress address) => new ProducerBuilder<string, byte[]>(SettingsOf(address)).Build();

    /// <summary>The settings of <see cref="ProducerOf"/>.</summary>
    internal static ProducerConfig SettingsOf(KafkaAddress address) => new(new Dictionary<string, string>(address.Client))
    {
        BootstrapServers = address.BootstrapServers,
        ClientId = "analytics-dead-letters",
        Acks = Acks.All,
        LingerMs = 5,
        MessageTimeoutMs = 30_000,
        ReconnectBackoffMaxMs = 1_000,
        MessageMaxBytes = 16 * 1024 * 1024,
    };

    /// <summary>True for what a broker that is away, or not ready, answers.</summary>
    public static bool IsAway(Exception failure) => failure is KafkaException;

    /// <summary>What Kafka was last seen to refuse or not to answer; null when the last letters were taken. Any thread.</summary>
    public Outage? Outage => retry.Outage;

    /// <summary>Asks whether a broker answers.</summary>
    /// <exception cref="KafkaException">None does.</exception>
    public async Task PingAsync(CancellationToken cancellation)
    {
        using var admin = new DependentAdminClientBuilder(producer.Handle).Build();

        // The client has only the blocking form.
        await Task.Run(() => admin.GetMetadata(Topics.DeadLetters, PingLimit), cancellation).ConfigureAwait(false);
    }

    /// <summary>Sends the letters of one output; ends when all are acknowledged.</summary>
    public async Task WriteAsync(Chunk chunk, IReadOnlyList<DeadLetter> letters, CancellationToken cancellation)
    {
        var acknowledged = new bool[letters.Count];
        await retry.UntilWrittenAsync("send dead letters", async cancel =>
        {
            var sending = new List<Task>(letters.Count);
            for (var i = 0; i < letters.Count && !chunk.IsLost; i++)
            {
                if (!acknowledged[i])
                {
                    sending.Add(SendAsync(chunk, letters[i], i, acknowledged, cancel));
                }
            }

            await Task.WhenAll(sending).ConfigureAwait(false);
        }, cancellation).ConfigureAwait(false);
    }

    private async Task SendAsync(Chunk chunk, DeadLetter letter, int index, bool[] acknowledged, CancellationToken cancellation)
    {
        var message = MessageOf(chunk, letter);
        try
        {
            await producer.ProduceAsync(Topics.DeadLetters, message, cancellation).ConfigureAwait(false);
        }
        catch (KafkaException refused) when (refused.Error.Code == ErrorCode.MsgSizeTooLarge && message.Value.Length > CutTo)
        {
            message.Headers.Add("truncated-from", Text(message.Value.Length));
            message.Value = message.Value[..CutTo];
            await producer.ProduceAsync(Topics.DeadLetters, message, cancellation).ConfigureAwait(false);
        }

        acknowledged[index] = true;
    }

    private static Message<string, byte[]> MessageOf(Chunk chunk, DeadLetter letter) => new()
    {
        Key = string.Create(CultureInfo.InvariantCulture, $"{chunk.Id.Topic}/{chunk.Id.Partition}/{letter.Offset}"),
        Value = letter.Record,
        Headers = new Headers
        {
            { "reason", Encoding.UTF8.GetBytes(letter.Reason.Code()) },
            { "error", Encoding.UTF8.GetBytes(letter.Error) },
            { "topic", Encoding.UTF8.GetBytes(chunk.Id.Topic) },
            { "epoch", Encoding.UTF8.GetBytes(chunk.Id.Epoch.ToString(CultureInfo.InvariantCulture)) },
            { "partition", Text(chunk.Id.Partition) },
            { "offset", Text(letter.Offset) },
            { "schema-id", Text(letter.SchemaId) },
        },
    };

    private static byte[] Text(long number) => Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture));
}
