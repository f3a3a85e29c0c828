using Analytics.Worker.Consuming;

namespace Analytics.Worker.Writing;

/// <summary>Hears what is safely stored: the consumer commits a chunk's end when it is sealed and settled, in order.</summary>
internal interface IChunkReceipts
{
    /// <summary>
    /// Every row of <paramref name="chunk"/> up to <paramref name="lastOffset"/>, its dead letters and its ledger row are acknowledged by their stores.
    /// Called from the writer's thread, once a history flush, in offset order within a chunk; must not block.
    /// </summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="lastOffset">Last offset included.</param>
    /// <param name="isSealed">True when the chunk ended at this offset: <c>lastOffset + 1</c> may be committed.</param>
    void Settled(Chunk chunk, long lastOffset, bool isSealed);
}
