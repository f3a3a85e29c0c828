using System.Globalization;
using System.Net.Sockets;

namespace Analytics.Storage.ClickHouse;

/// <summary>The time one statement may take; turns what the network does into <see cref="ClickHouseUnavailableException"/>.</summary>
internal sealed class TimeLimit : IDisposable
{
    private readonly TimeSpan _limit;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _timer;
    private readonly CancellationTokenSource _either;

    public TimeLimit(TimeSpan limit, TimeProvider time, CancellationToken caller)
    {
        _limit = limit;
        _caller = caller;
        _timer = new(limit, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(caller, _timer.Token);
    }

    /// <summary>Cancelled when the time is over or the caller gives up.</summary>
    public CancellationToken Token => _either.Token;

    /// <summary>Gives the whole time again.</summary>
    public void Restart() => _timer.CancelAfter(_limit);

    /// <summary>Does one thing on the network.</summary>
    /// <exception cref="ClickHouseUnavailableException">The network failed or the time is over.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<T> GuardAsync<T>(Func<CancellationToken, Task<T>> act)
    {
        try
        {
            return await act(Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException error) when (!_caller.IsCancellationRequested && _timer.IsCancellationRequested)
        {
            throw new ClickHouseUnavailableException(
                0, 0, string.Create(CultureInfo.InvariantCulture, $"ClickHouse did not answer within {_limit.TotalSeconds} s"), error);
        }
        catch (OperationCanceledException error) when (!_caller.IsCancellationRequested)
        {
            throw new ClickHouseUnavailableException(0, 0, "The connection to ClickHouse was not made in time", error);
        }
        // A connection that is reset as soon as it is made comes out as the socket's own error: the client asks whom it has reached.
        catch (Exception error) when (error is HttpRequestException or IOException or SocketException)
        {
            throw new ClickHouseUnavailableException(0, 0, $"The connection to ClickHouse failed: {error.Message}", error);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _either.Dispose();
        _timer.Dispose();
    }
}
