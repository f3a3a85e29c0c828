namespace Analytics.Api.Access;

/// <summary>Settings of keys and sessions. Section <c>Access</c>.</summary>
public sealed class AccessOptions
{
    /// <summary>Seconds for which a key's rights are taken from memory. Default 5: a revoked key ends within it, and PostgreSQL is asked 0.2 times a second a key.</summary>
    public int KeyCacheSeconds { get; set; } = 5;

    /// <summary>Keys held in memory, known and unknown ones. Default 10,000, a few MB; beyond it the memory starts again from empty.</summary>
    public int KeyCacheSize { get; set; } = 10_000;

    /// <summary>
    /// Seconds for which a tenant's name, zone and currency are taken from memory. Default 60: they hardly ever change, and answers that go by them are kept for a minute
    /// themselves. Beyond it the tenant is looked up again. One that there is not is forgotten after <see cref="KeyCacheSeconds"/>.
    /// </summary>
    public int TenantCacheSeconds { get; set; } = 60;

    /// <summary>
    /// Tenants held in memory. Default 100,000, some 40 MB: those with a page open or events on their way in the same minute, of 500,000. Beyond it those not asked for
    /// longest are given up, and looked up again.
    /// </summary>
    public int TenantCacheSize { get; set; } = 100_000;

    /// <summary>Seconds between two notes of when keys were used. Default 60: nobody asks for the second, and 10,000 keys are one statement a minute.</summary>
    public int KeyUseSeconds { get; set; } = 60;

    /// <summary>Hours that both keys are valid after a rotation that does not say. Default 24: a day to put the new key everywhere. At most <see cref="MaxOverlapHours"/>.</summary>
    public int OverlapHours { get; set; } = 24;

    /// <summary>Hours that both keys may be valid at most. Default 720, a month: longer, and the old key is not rotated but doubled. Beyond it: 400.</summary>
    public int MaxOverlapHours { get; set; } = 720;

    /// <summary>Hours after which a user signs in again. Default 12, a working day; a stolen session ends with it.</summary>
    public int SessionHours { get; set; } = 12;

    /// <summary>Passwords that are checked at once. Default 1: each takes a core for some tenths of a second, and the other one answers questions.</summary>
    public int SignInsAtOnce { get; set; } = 1;

    /// <summary>Sign-ins that wait for their turn. Default 8, some seconds of work. Beyond it: 429 with Retry-After.</summary>
    public int SignInsWaiting { get; set; } = 8;

    /// <summary>Refused sign-ins to one address in a quarter of an hour. Default 10: people mistype thrice, machines go on. Beyond it: 429, the right password too.</summary>
    public int RefusedSignIns { get; set; } = 10;

    /// <summary>Checks the numbers.</summary>
    /// <exception cref="InvalidOperationException">Lists every one that cannot be.</exception>
    public void Validate()
    {
        (string Name, int Value, int Least)[] numbers =
        [
            (nameof(KeyCacheSeconds), KeyCacheSeconds, 1), (nameof(KeyCacheSize), KeyCacheSize, 1), (nameof(TenantCacheSeconds), TenantCacheSeconds, 1),
            (nameof(TenantCacheSize), TenantCacheSize, 1), (nameof(KeyUseSeconds), KeyUseSeconds, 1),
            (nameof(OverlapHours), OverlapHours, 0), (nameof(MaxOverlapHours), MaxOverlapHours, OverlapHours), (nameof(SessionHours), SessionHours, 1),
            (nameof(SignInsAtOnce), SignInsAtOnce, 1), (nameof(SignInsWaiting), SignInsWaiting, 0), (nameof(RefusedSignIns), RefusedSignIns, 1),
        ];
        var faults = numbers.Where(number => number.Value < number.Least).Select(number => $"Access__{number.Name} is {number.Value}: expected {number.Least} or more.").ToList();
        if (faults.Count > 0)
        {
            throw new InvalidOperationException(string.Join(" ", faults));
        }
    }
}
