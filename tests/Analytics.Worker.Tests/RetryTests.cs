using System.Net;
using System.Net.Sockets;
using Analytics.Storage.ClickHouse;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace Analytics.Worker.Tests;

public sealed class RetryTests
{
    private int _asked;

    public static TheoryData<Exception> Outages => new(
        new KafkaException(new Error(ErrorCode.Local_AllBrokersDown, "away")),
        new ClickHouseUnavailableException(0, HttpStatusCode.ServiceUnavailable, "away"),
        new HttpRequestException("refused"),
        new IOException("cut"),
        new SocketException((int)SocketError.ConnectionReset),
        new TimeoutException(),
        new OperationCanceledException("by a time limit, not by the caller"));

    [Theory]
    [MemberData(nameof(Outages))]
    public async Task What_a_dependency_s_absence_throws_is_waited_for(Exception outage)
    {
        await RetryUntilDoneAsync(failures: 2, outage, CancellationToken.None);

        Assert.Equal(3, _asked);
    }

    [Fact]
    public async Task What_is_no_absence_is_thrown_at_once()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => RetryUntilDoneAsync(failures: 3, new InvalidOperationException("a bug"), CancellationToken.None));
        Assert.Equal(1, _asked);
    }

    [Fact]
    public async Task A_caller_that_gives_up_is_not_kept_waiting()
    {
        using var giveUp = new CancellationTokenSource();
        var waiting = RetryUntilDoneAsync(failures: int.MaxValue, new IOException("cut"), giveUp.Token);

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    private Task<int> RetryUntilDoneAsync(int failures, Exception failure, CancellationToken cancellation) =>
        new Retry(TimeProvider.System, seed: 1, NullLogger.Instance).UntilDoneAsync(
            "something", () => ++_asked > failures ? Task.FromResult(_asked) : Task.FromException<int>(failure), cancellation);
}
