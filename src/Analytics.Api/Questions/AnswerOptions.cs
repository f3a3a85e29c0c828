namespace Analytics.Api.Questions;

/// <summary>Settings of how questions are answered: what is kept, and how much one tenant may ask at once. Section <c>Answers</c>.</summary>
public sealed class AnswerOptions
{
    /// <summary>
    /// Seconds for which an answer is given again. Default 60: a page of many tiles and a team of many pages share one answer, and its <c>complete_through</c>
    /// says how old it is. Beyond it the question is asked anew; 0 asks always, once for all who ask at the same time.
    /// </summary>
    public int FreshSeconds { get; set; } = 60;

    /// <summary>Seconds by which that time is longer or shorter, drawn anew for every answer. Default 10: the tiles of a page that were asked together do not end together.</summary>
    public int JitterSeconds { get; set; } = 10;

    /// <summary>
    /// Seconds after that in which the old answer is given at once while the new one is being made. Default 60: a page that refreshes every half minute never
    /// waits. Beyond it those who ask wait for the new answer, because figures of an hour ago surprise.
    /// </summary>
    public int RefreshSeconds { get; set; } = 60;

    /// <summary>Minutes for which an old answer, marked stale, stands in while ClickHouse is away. Default 60. Beyond it: 503 with Retry-After.</summary>
    public int KeptMinutes { get; set; } = 60;

    /// <summary>Bytes of answers in memory. Default 64 MiB: some 10,000 tiles of a month by the day. Beyond it those not used for longest are given up.</summary>
    public long MaxBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Seconds that making an answer may take. Default 30: longer, and who asked has gone. Beyond it: 503 with Retry-After.</summary>
    public int LimitSeconds { get; set; } = 30;

    /// <summary>Answers that are made for one tenant at once. Default 4: two cores of ClickHouse stay free for the others even when one tenant asks all it can.</summary>
    public int TenantAtOnce { get; set; } = 4;

    /// <summary>Questions of one tenant that wait for their turn. Default 64: five pages of twelve tiles that are opened together. Beyond it: 429 with Retry-After.</summary>
    public int TenantWaiting { get; set; } = 64;

    /// <summary>Checks the numbers.</summary>
    /// <exception cref="InvalidOperationException">Lists every one that cannot be.</exception>
    public void Validate()
    {
        (string Name, long Value, long Least)[] numbers =
        [
            (nameof(FreshSeconds), FreshSeconds, 0), (nameof(JitterSeconds), JitterSeconds, 0), (nameof(RefreshSeconds), RefreshSeconds, 0),
            (nameof(KeptMinutes), KeptMinutes, 0), (nameof(MaxBytes), MaxBytes, 0), (nameof(LimitSeconds), LimitSeconds, 1),
            (nameof(TenantAtOnce), TenantAtOnce, 1), (nameof(TenantWaiting), TenantWaiting, 0),
        ];
        var faults = numbers.Where(number => number.Value < number.Least).Select(number => $"Answers__{number.Name} is {number.Value}: expected {number.Least} or more.").ToList();
        if (faults.Count > 0)
        {
            throw new InvalidOperationException(string.Join(" ", faults));
        }
    }
}
