using System.Threading.RateLimiting;
using Analytics.Storage.Postgres;

namespace Analytics.Api.Access;

/// <summary>Signs users in: checks the password, slowly on purpose, and stops who guesses. Any thread.</summary>
/// <remarks>An unknown address, a wrong password and a disabled user are refused in the same words after the same time.</remarks>
internal sealed class SignIns(Users users, AuditLog audit, AccessOptions options) : IDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    // By address and place, so that nobody can lock another one out from elsewhere.
    private readonly PartitionedRateLimiter<string> _refusals = PartitionedRateLimiter.Create<string, string>(who =>
        RateLimitPartition.GetFixedWindowLimiter(who, _ => new() { PermitLimit = options.RefusedSignIns, Window = Window, QueueLimit = 0 }));

    private readonly ConcurrencyLimiter _turns = new(new() { PermitLimit = options.SignInsAtOnce, QueueLimit = options.SignInsWaiting });

    /// <summary>A new session.</summary>
    /// <exception cref="Problem">401: not this user's password; 429: too many were refused, or too many wait.</exception>
    public async Task<(User User, string Text, DateTimeOffset EndsAt)> SignInAsync(string email, string password, string? ip, CancellationToken cancel)
    {
        var who = email + " " + ip;
        using (var left = _refusals.AttemptAcquire(who, permitCount: 0))
        {
            if (!left.IsAcquired)
            {
                throw Problem.TooMany(
                    "sign-ins-refused", $"Expected at most {options.RefusedSignIns} refused sign-ins in {Window.TotalMinutes} minutes; found more. Wait, or ask an administrator for a new password.",
                    (int)Window.TotalSeconds);
            }
        }

        using var turn = await _turns.AcquireAsync(permitCount: 1, cancel).ConfigureAwait(false);
        if (!turn.IsAcquired)
        {
            throw Problem.TooMany("sign-ins-waiting", "More sign in than can be checked at a time. Try again in a moment.", retryAfter: 2);
        }

        var found = await users.FindAsync(email, cancel).ConfigureAwait(false);
        var isRight = await Task.Run(() => PasswordHash.IsOf(password, found?.PasswordHash ?? PasswordHash.OfNobody), cancel).ConfigureAwait(false);
        if (!isRight || found is not { } known)
        {
            _refusals.AttemptAcquire(who).Dispose();
            await audit.AppendAsync(new("user", email, ip), "session.refused", "user", [], new { email }, cancel).ConfigureAwait(false);
            throw new Problem(StatusCodes.Status401Unauthorized, "sign-in-refused", "This is not how somebody signs in here", "Expected the address and the password of a user; found another pair.");
        }

        var (text, endsAt) = await users.SignInAsync(
            known.User, TimeSpan.FromHours(options.SessionHours), new($"user:{known.User.Id}", known.User.Email, ip), cancel).ConfigureAwait(false);
        return (known.User, text, endsAt);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _refusals.Dispose();
        _turns.Dispose();
    }
}
