using Analytics.Core.Chunks;
using Dapper;
using Npgsql;

namespace Analytics.Storage.Postgres;

/// <summary>Settles once and for all whether a chunk's records of a schema can be read. An interface because this is where a test cuts the wire.</summary>
/// <remarks>
/// A registry says of an id that it is unknown, and a minute later that it is not; rows are a function of the chunk, so all who count it must go by one answer.
/// Any thread. A store that is away throws <see cref="NpgsqlException"/>: nothing is settled.
/// </remarks>
public interface ISchemaVerdicts
{
    /// <summary>Records what the registry has said, unless an answer is recorded already; gives the one that holds.</summary>
    Task<bool> SettleAsync(ChunkId chunk, int schema, bool isKnown, CancellationToken cancel);
}

/// <summary>The verdicts in PostgreSQL: a row for each chunk and schema that were met while an answer could still differ.</summary>
public sealed class SchemaVerdicts(NpgsqlDataSource source) : ISchemaVerdicts
{
    // No chunk is counted again after so long: its records have left the log.
    private const string Outdated = "90 days";
    private int _hasTidied;

    /// <summary>Whether PostgreSQL answered when it was last asked.</summary>
    public StoreState State { get; } = new(TimeProvider.System);

    /// <inheritdoc/>
    public async Task<bool> SettleAsync(ChunkId chunk, int schema, bool isKnown, CancellationToken cancel)
    {
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancel).ConfigureAwait(false);
            if (Interlocked.Exchange(ref _hasTidied, 1) == 0)
            {
                await connection.ExecuteAsync(new CommandDefinition(
                    $"DELETE FROM schema_verdicts WHERE recorded_at < now() - interval '{Outdated}'", cancellationToken: cancel)).ConfigureAwait(false);
            }

            var row = new { chunk.Topic, Epoch = unchecked((long)chunk.Epoch), chunk.Partition, Chunk = chunk.FirstOffset, schema, isKnown };
            await connection.ExecuteAsync(new CommandDefinition(
                """
                INSERT INTO schema_verdicts (topic, epoch, kafka_partition, chunk, schema_id, is_known)
                VALUES (@Topic, @Epoch, @Partition, @Chunk, @schema, @isKnown) ON CONFLICT DO NOTHING
                """, row, cancellationToken: cancel)).ConfigureAwait(false);
            var holds = await connection.QuerySingleAsync<bool>(new CommandDefinition(
                """
                SELECT is_known FROM schema_verdicts
                WHERE topic = @Topic AND epoch = @Epoch AND kafka_partition = @Partition AND chunk = @Chunk AND schema_id = @schema
                """, row, cancellationToken: cancel)).ConfigureAwait(false);
            State.IsBack();
            return holds;
        }
        catch (NpgsqlException away)
        {
            State.IsAway(away.Message);
            throw;
        }
    }
}
