using System.Collections.Concurrent;
using System.Security.Cryptography;
using Analytics.Core.Avro;
using Analytics.Core.Events;
using Analytics.Storage.Registry;

namespace Analytics.Worker.Decoding;

/// <summary>The plan for each schema id of one topic, compiled when the id is first met.</summary>
/// <remarks>
/// Any thread. An id keeps its plan for good; that the registry does not know an id is kept for the chunk only, see <see cref="AvroDecoder"/>.
/// </remarks>
internal sealed class SchemaPlans(TopicLayout layout, SchemaRegistryClient registry, DecodingOptions options, TimeProvider time, ILogger logger)
{
    /// <summary>
    /// A chunk that opened so long after an id was learned cannot meet another answer: whoever asks for it asks later. Ten minutes, in milliseconds: more than the
    /// clocks of producers, brokers and workers differ by.
    /// </summary>
    private const long Margin = 600_000;

    private readonly ConcurrentDictionary<int, (SchemaPlan Plan, long Since)> _known = new();

    /// <summary>The topic.</summary>
    public TopicLayout Layout { get; } = layout;

    /// <summary>The plan of an id that was known long before a chunk opened at <paramref name="opened"/> (Unix milliseconds); null for another.</summary>
    public SchemaPlan? Known(int id, long opened) => _known.TryGetValue(id, out var known) && known.Since < opened - Margin ? known.Plan : null;

    /// <summary>The plan of an id, once the registry has said what it is; asks until it answers. What is known is not asked for again.</summary>
    /// <exception cref="OperationCanceledException">Nobody waits any more.</exception>
    public async Task<SchemaPlan> LearnAsync(int id, CancellationToken cancellation)
    {
        for (var attempt = 0; ; attempt++)
        {
            if (_known.TryGetValue(id, out var known))
            {
                return known.Plan;
            }

            try
            {
                var schema = await registry.FindAsync(id, cancellation).ConfigureAwait(false);
                if (attempt > 0)
                {
                    logger.RegistryBack(id);
                }

                return schema is null ? SchemaPlan.Unknown : _known.GetOrAdd(id, (Compile(schema), time.GetUtcNow().ToUnixTimeMilliseconds())).Plan;
            }
            catch (RegistryUnavailableException wrong)
            {
                var pause = Pause(attempt);
                logger.RegistryAway(wrong, id, pause.TotalMilliseconds);
                await Task.Delay(pause, time, cancellation).ConfigureAwait(false);
            }
        }
    }

    private SchemaPlan Compile(RegisteredSchema schema)
    {
        if (schema.Type != RegisteredSchema.Avro)
        {
            return Refuse(schema, $"it is of type {schema.Type}, not {RegisteredSchema.Avro}");
        }

        try
        {
            var plan = Layout.PlanOf(schema, out var reasons);
            return plan is null ? Refuse(schema, string.Join("; ", reasons)) : new SchemaPlan(plan, Verdict.Accepted);
        }
        catch (AvroSchemaException wrong)
        {
            return Refuse(schema, wrong.Message);
        }
    }

    private SchemaPlan Refuse(RegisteredSchema schema, string reason)
    {
        logger.SchemaRefused(schema.Id, Layout.Topic, reason);
        return SchemaPlan.Incompatible;
    }

    /// <summary>Waits before an absent store is asked again.</summary>
    public Task PauseAsync(int attempt, CancellationToken cancellation) => Task.Delay(Pause(attempt), time, cancellation);

    // Doubling from a twentieth of the limit, drawn from the upper half, so that workers spread and none asks at once.
    private TimeSpan Pause(int attempt)
    {
        var limit = Math.Min(options.RegistryRetryMilliseconds, options.RegistryRetryMilliseconds / 20 << Math.Min(attempt, 10));
        return TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(limit / 2, limit) + 1);
    }
}

/// <summary>What is done with the records of one schema: a plan, or the verdict on all of them.</summary>
internal sealed record SchemaPlan(AvroPlan? Plan, Verdict Verdict)
{
    /// <summary>The registry knows no such id.</summary>
    public static readonly SchemaPlan Unknown = new(null, Verdict.UnknownSchema);

    /// <summary>The schema cannot be read as the topic's.</summary>
    public static readonly SchemaPlan Incompatible = new(null, Verdict.IncompatibleSchema);
}
