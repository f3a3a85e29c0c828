using Analytics.Core.Chunks;
using Analytics.Simulation.Tests.Running;
using Analytics.Storage.Postgres;
using Npgsql;

namespace Analytics.Simulation.Tests.Faking;

/// <summary>What chunks go by for schemas that the registry gets to know in mid-run, as one worker settles it: the first answer that arrives holds.</summary>
internal sealed class SimulatedVerdicts(World world, SimulatedWorker worker) : ISchemaVerdicts
{
    public Task<bool> SettleAsync(ChunkId chunk, int schema, bool isKnown, CancellationToken cancel) => world.Wire.Send(
        new Operation<bool>(worker, "verdict", () => world.Verdicts[(chunk, schema)], static () => new NpgsqlException("PostgreSQL is away."), _ =>
        {
            if (world.Verdicts.TryAdd((chunk, schema), isKnown) && isKnown)
            {
                world.Reckon();
            }
        }), cancel);
}
