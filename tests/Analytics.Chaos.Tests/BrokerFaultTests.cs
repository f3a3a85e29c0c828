using System.Globalization;
using Analytics.Chaos.Tests.Running;
using Confluent.Kafka;
using Xunit.Abstractions;

namespace Analytics.Chaos.Tests;

/// <summary>Goal: a broker's faults cost time and nothing else. Method: librdkafka's broker injects them.</summary>
public sealed class BrokerFaultTests(ITestOutputHelper output)
{
    private const int Transport = -195;

    private static readonly (string Request, int Error)[] Errors =
    [
        ("Fetch", Transport),
        ("Fetch", (int)ErrorCode.NotLeaderForPartition),
        ("Fetch", (int)ErrorCode.OffsetOutOfRange),
        ("OffsetCommit", (int)ErrorCode.GroupLoadInProgress),
        ("OffsetCommit", (int)ErrorCode.NotCoordinatorForGroup),
        ("OffsetCommit", (int)ErrorCode.IllegalGeneration),
        ("OffsetCommit", Transport),
        ("Heartbeat", (int)ErrorCode.RebalanceInProgress),
        ("Heartbeat", (int)ErrorCode.UnknownMemberId),
        ("JoinGroup", Transport),
        ("ListOffsets", (int)ErrorCode.LeaderNotAvailable),
        ("OffsetFetch", (int)ErrorCode.NotCoordinatorForGroup),
        ("Metadata", Transport),
        ("Produce", (int)ErrorCode.RequestTimedOut),
        ("Produce", Transport),
    ];

    [Fact]
    public async Task Errors_of_every_request_and_long_round_trips_change_no_total()
    {
        await using var stack = await ChaosStack.StartAsync(new StackPlan { Workers = 2 });
        foreach (var (request, error) in Errors)
        {
            await stack.Broker.FailAsync(request, error, count: 3);
            await ChaosStack.GoOnAsync(stack.Form.ShortFault / 4);
        }

        await stack.ProgressAsync();
        await stack.Broker.SetRoundTripAsync(TimeSpan.FromMilliseconds(200));
        await ChaosStack.GoOnAsync(stack.Form.ShortFault);
        await stack.ProgressAsync();
        await stack.Broker.SetRoundTripAsync(TimeSpan.Zero);
        foreach (var request in Errors.Select(one => one.Request).Distinct())
        {
            await stack.Broker.HealAsync(request);
        }

        await stack.AssertExactAsync();
        await stack.AssertReadyAsync();
        Outcomes.Add(output, "broker errors, round trips of 200 ms", $"{3 * Errors.Length} errors of {Errors.Select(one => one.Request).Distinct().Count()} kinds of request: totals exact");
    }

    [Fact]
    public async Task A_broker_that_goes_down_and_comes_up_is_waited_for()
    {
        await using var stack = await ChaosStack.StartAsync(new StackPlan { Workers = 2 });
        await stack.Broker.GoDownAsync();
        var told = await stack.ReadinessAsync(stack.Workers[0], "readiness says that Kafka is away", readiness => readiness["kafka"] is { State: "degraded" });
        Assert.Equal("degraded", told.Status);
        Assert.True(await stack.Workers[0].IsLiveAsync());
        // No longer than the load keeps what it could not send.
        await ChaosStack.GoOnAsync(stack.Form.IsLong ? stack.Form.Fault / 3 : stack.Form.Fault);
        await stack.Broker.ComeUpAsync();
        var started = TimeProvider.System.GetTimestamp();
        await stack.ProgressAsync();
        var back = TimeProvider.System.GetElapsedTime(started);
        await stack.AssertExactAsync();
        await stack.AssertReadyAsync();
        Outcomes.Add(output, "broker down", string.Create(CultureInfo.InvariantCulture, $"counting {back.TotalSeconds:0.0} s after it came up: totals exact"));
    }
}
