using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Analytics.Api.Access;
using Microsoft.AspNetCore.RateLimiting;

namespace Analytics.Api.Limiting;

/// <summary>How many requests are served: a budget for every key and one for every address, apart for sending, for asking and for managing.</summary>
/// <remarks>
/// A key is told apart by its text, before it is looked up, so that guessing keys costs no query; who guesses runs into the limit of the address.
/// This machine's own addresses have no limit: they are those of a proxy that was not named, or of the operator.
/// </remarks>
internal static class RequestLimits
{
    private const string Collect = "collect";
    private const string Questions = "questions";
    private const string Manage = "manage";

    private static readonly string[] Collectors = ["/events", "/api/v1/events", "/v1"];
    private static readonly string[] Managers = ["/api/v1/keys", "/api/v1/users", "/api/v1/session", "/api/v1/audit"];

    /// <summary>Sets the limiter up.</summary>
    public static void Apply(RateLimiterOptions limiter, LimitOptions options)
    {
        limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limiter.GlobalLimiter = PartitionedRateLimiter.CreateChained(
            PartitionedRateLimiter.Create<HttpContext, Partition>(http => ByAddress(http, options)),
            PartitionedRateLimiter.Create<HttpContext, Partition>(http => ByKey(http.Request, options)));
        limiter.OnRejected = (rejected, _) =>
        {
            var what = KindOf(rejected.HttpContext.Request.Path) ?? Questions;
            rejected.HttpContext.RequestServices.GetRequiredService<ApiMetrics>().Limited(what);
            var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromSeconds(1);
            throw Problem.TooMany("rate-limit", DetailOf(what, options), Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)));
        };
    }

    private static RateLimitPartition<Partition> ByAddress(HttpContext http, LimitOptions options)
    {
        var address = http.Connection.RemoteIpAddress;
        return address is null || IPAddress.IsLoopback(address)
            ? None()
            : KindOf(http.Request.Path) switch
            {
                Collect => Bucket(Collect, NetworkOf(address), options.CollectPerIp, options.CollectPerIpBurst),
                Questions => Bucket(Questions, NetworkOf(address), options.QuestionsPerIp, options.QuestionsPerIpBurst),
                Manage => Bucket(Manage, NetworkOf(address), options.ManagePerCaller, options.ManagePerCallerBurst),
                _ => None(),
            };
    }

    private static RateLimitPartition<Partition> ByKey(HttpRequest request, LimitOptions options) => KindOf(request.Path) is { } kind && KeyRing.TextOf(request) is { } key
        ? kind switch
        {
            Collect => Bucket(Collect, key, options.CollectPerKey, options.CollectPerKeyBurst),
            Questions => Bucket(Questions, key, options.QuestionsPerKey, options.QuestionsPerKeyBurst),
            _ => Bucket(Manage, key, options.ManagePerCaller, options.ManagePerCallerBurst),
        }
        : None();

    // Pages, probes and the description of the API cost nothing worth a limit.
    private static string? KindOf(PathString path) =>
        Array.Exists(Collectors, start => path.StartsWithSegments(start, StringComparison.Ordinal)) ? Collect
        : Array.Exists(Managers, start => path.StartsWithSegments(start, StringComparison.Ordinal)) ? Manage
        : path.StartsWithSegments("/api", StringComparison.Ordinal) ? Questions
        : null;

    // A household or a server has the last 64 bits of an IPv6 address to itself.
    private static string NetworkOf(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return plain.AddressFamily == AddressFamily.InterNetworkV6 ? Convert.ToHexString(plain.GetAddressBytes().AsSpan(0, 8)) : plain.ToString();
    }

    private static RateLimitPartition<Partition> Bucket(string kind, string who, int perSecond, int burst) => RateLimitPartition.GetTokenBucketLimiter(
        new Partition(kind, who),
        _ => new() { TokenLimit = burst, TokensPerPeriod = perSecond, ReplenishmentPeriod = TimeSpan.FromSeconds(1), QueueLimit = 0, AutoReplenishment = true });

    private static RateLimitPartition<Partition> None() => RateLimitPartition.GetNoLimiter(default(Partition));

    private static string DetailOf(string what, LimitOptions options) => what switch
    {
        Collect => $"Expected at most {options.CollectPerKey} requests of events a second from one key and {options.CollectPerIp} from one address; found more. Send several events in one request.",
        Manage => $"Expected at most {options.ManagePerCaller} requests a second about keys, users, sessions and the audit log; found more.",
        _ => $"Expected at most {options.QuestionsPerKey} questions a second from one key and {options.QuestionsPerIp} from one address; found more. Answers are the same for a minute: keep them.",
    };

    private readonly record struct Partition(string Kind, string Who);
}
