using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Analytics.Storage.Postgres;
using Analytics.Worker.Consuming;
using Npgsql;

namespace Analytics.Worker.Decoding;

/// <summary>The plan that each chunk goes by for a schema id: what was known long before it opened, or what was settled for it among all who may count it.</summary>
/// <remarks>Any thread. What a chunk goes by never changes (decision 10); it is forgotten with the chunk.</remarks>
/// <param name="verdicts">Settles what a chunk goes by; null where nobody else counts it: then this process remembers.</param>
/// <param name="logger">Told of a store that is away, and of schemas that nobody knows.</param>
internal sealed class ChunkSchemas(ISchemaVerdicts? verdicts, ILogger logger)
{
    private readonly ConditionalWeakTable<Chunk, ConcurrentDictionary<int, SchemaPlan>> _settled = [];

    /// <summary>The plan of an id; null while that is not settled for the chunk.</summary>
    // What this process alone goes by does not change; else an id that was learned only lately may have been unknown to another who counts the chunk.
    public SchemaPlan? Find(SchemaPlans plans, Chunk chunk, int id) =>
        plans.Known(id, verdicts is null ? long.MaxValue : chunk.FirstTimestamp)
            ?? (_settled.TryGetValue(chunk, out var settled) ? settled.GetValueOrDefault(id) : null);

    /// <summary>Finds out what the chunk goes by, however long the stores take; <see cref="Find"/> has it afterwards.</summary>
    /// <param name="plans">The topic's.</param>
    /// <param name="chunk">The chunk.</param>
    /// <param name="id">The schema id.</param>
    /// <param name="isWarmUp">The offsets before a start are nobody's chunk: they are read as they can be read.</param>
    /// <param name="cancellation">Nobody counts the chunk any more.</param>
    public async Task SettleAsync(SchemaPlans plans, Chunk chunk, int id, bool isWarmUp, CancellationToken cancellation)
    {
        var plan = isWarmUp || verdicts is null
            ? await plans.LearnAsync(id, cancellation).ConfigureAwait(false)
            : await AgreeAsync(verdicts, plans, chunk, id, cancellation).ConfigureAwait(false);
        if (_settled.GetOrCreateValue(chunk).TryAdd(id, plan) && plan == SchemaPlan.Unknown)
        {
            logger.SchemaUnknown(id, plans.Layout.Topic, chunk.Id.Partition);
        }
    }

    // What the registry says now, unless another answer holds for the chunk.
    private async Task<SchemaPlan> AgreeAsync(ISchemaVerdicts among, SchemaPlans plans, Chunk chunk, int id, CancellationToken cancellation)
    {
        for (var attempt = 0; ; attempt++)
        {
            var plan = await plans.LearnAsync(id, cancellation).ConfigureAwait(false);
            var isKnown = plan != SchemaPlan.Unknown;
            try
            {
                var holds = await among.SettleAsync(chunk.Id, id, isKnown, cancellation).ConfigureAwait(false);
                if (!holds || isKnown)
                {
                    return holds ? plan : SchemaPlan.Unknown;
                }

                logger.RegistryBehind(id);
            }
            catch (NpgsqlException away)
            {
                logger.VerdictsAway(away, id);
            }

            await plans.PauseAsync(attempt, cancellation).ConfigureAwait(false);
        }
    }
}
