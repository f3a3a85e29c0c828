using System.Net;

namespace Analytics.Storage.ClickHouse;

/// <summary>A body that is written while it is sent: with a length when it is known, in chunks when not.</summary>
internal sealed class WrittenContent(Func<Stream, CancellationToken, Task> write, long? length) : HttpContent
{
    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        write(stream, cancellationToken);

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => write(stream, CancellationToken.None);

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long computed)
    {
        computed = length ?? 0;
        return length is not null;
    }
}
