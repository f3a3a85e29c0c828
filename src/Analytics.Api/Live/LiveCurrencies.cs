using Analytics.Api.Access;
using Analytics.Api.Questions;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.Postgres;

namespace Analytics.Api.Live;

/// <summary>Whether a tenant has had amounts of other currencies since yesterday: Redis adds up amounts whatever their currency, so its sums are no figures then.</summary>
/// <remarks>
/// Asked of ClickHouse at most every ten seconds a tenant, and never again on a day once it is so. Who asks waits a second at most: while ClickHouse is away goes what was known
/// last, and of whom nothing is known is taken to have one currency. Any thread.
/// </remarks>
internal sealed class LiveCurrencies(HistoryQueries history, TimeProvider time)
{
    private const int Tenants = 10_000;
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private readonly RecentlyUsed<long, Known> _known = new(Tenants);

    /// <summary>True when there are amounts of other currencies.</summary>
    public async ValueTask<bool> AreSeveralAsync(Tenant tenant)
    {
        var now = time.GetUtcNow();
        var day = DateOnly.FromDateTime(now.UtcDateTime);
        if (!_known.TryGet(tenant.Id, out var known) || known.Currency != tenant.Currency || now >= known.At + Kept)
        {
            var isSettled = known is { Last: true } && known.Day == day && known.Currency == tenant.Currency;
            known = new(day, now, tenant.Currency, known?.Last ?? false, isSettled ? Task.FromResult(true) : AskAsync(tenant, now));
            _known.Set(tenant.Id, known);
        }

        try
        {
            return known.Last = await known.Asked.WaitAsync(Limit, time).ConfigureAwait(false);
        }
        catch (Exception error) when (error is ClickHouseException or TimeoutException)
        {
            return known.Last;
        }
    }

    // Since yesterday, so that a shop that sells abroad every day is known from the first order of the day on.
    private async Task<bool> AskAsync(Tenant tenant, DateTimeOffset now) => await history.HasOtherCurrenciesAsync(
        new(tenant.Id, new(now.UtcDateTime.Date.AddDays(-1), now), Period.ZoneOf(tenant), tenant.Currency), CancellationToken.None).ConfigureAwait(false);

    private sealed class Known(DateOnly day, DateTimeOffset at, string currency, bool last, Task<bool> asked)
    {
        public DateOnly Day { get; } = day;

        public DateTimeOffset At { get; } = at;

        public string Currency { get; } = currency;

        public Task<bool> Asked { get; } = asked;

        public bool Last { get; set; } = last;
    }
}
