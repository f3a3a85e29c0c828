namespace Analytics.Api;

/// <summary>Settings of the API. Section <c>Api</c>; <c>Dashboard__ReadKey</c> and the stores have sections of their own.</summary>
public sealed class ApiOptions
{
    /// <summary>Address to serve. Default: <c>ASPNETCORE_URLS</c>, else http://127.0.0.1:8080, this machine only; a container says http://0.0.0.0:8080.</summary>
    public string? Url { get; set; }

    /// <summary>Bytes of a body of events after decompression. Default 1 MiB: twice what Segment's clients send at most (500 KB). Beyond it: 413.</summary>
    public int MaxBodyBytes { get; set; } = 1024 * 1024;

    /// <summary>Bytes of one event. Default 32 KiB, as Segment's. Beyond it the event is rejected as oversized, the others of the batch are not.</summary>
    public int MaxEventBytes { get; set; } = 32 * 1024;

    /// <summary>Events of one batch. Default 1,000: about 1 KB each fill a body. Beyond it: 413.</summary>
    public int MaxEvents { get; set; } = 1_000;

    /// <summary>Points of a reply of history. Default 11,000: a week of minutes is 10,080. Beyond it: 400, with the next coarser granularity as advice.</summary>
    public int MaxPoints { get; set; } = 11_000;

    /// <summary>Milliseconds between two messages of a live stream. Default 250: four a second look like motion; changes between are told together.</summary>
    public int LiveMilliseconds { get; set; } = 250;

    /// <summary>Seconds between signs of life on a quiet live stream. Default 15: proxies cut connections that are silent for 30 to 60 s.</summary>
    public int HeartbeatSeconds { get; set; } = 15;

    /// <summary>Live streams at once. Default 2,000, some 20 MB; beyond it: 503 with Retry-After.</summary>
    public int MaxStreams { get; set; } = 2_000;

    /// <summary>Sites that may send events from a page, separated by commas; default <c>*</c>, any: a write key only adds events.</summary>
    public string CorsOrigins { get; set; } = "*";

    /// <summary>Checks the numbers.</summary>
    /// <exception cref="InvalidOperationException">Lists every one that cannot be.</exception>
    public void Validate()
    {
        (string Name, int Value)[] numbers =
        [
            (nameof(MaxBodyBytes), MaxBodyBytes), (nameof(MaxEventBytes), MaxEventBytes), (nameof(MaxEvents), MaxEvents), (nameof(MaxPoints), MaxPoints),
            (nameof(LiveMilliseconds), LiveMilliseconds),
            (nameof(HeartbeatSeconds), HeartbeatSeconds), (nameof(MaxStreams), MaxStreams),
        ];
        var faults = numbers.Where(number => number.Value < 1).Select(number => $"Api__{number.Name} is {number.Value}: expected 1 or more.").ToList();
        if (faults.Count > 0)
        {
            throw new InvalidOperationException(string.Join(" ", faults));
        }
    }
}
