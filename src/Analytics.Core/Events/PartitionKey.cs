using System.Globalization;
using System.Text;
using Analytics.Core.Avro;

namespace Analytics.Core.Events;

/// <summary>The Kafka key of a record: a tenant's events spread over a few partitions, and those of one user keep theirs.</summary>
public static class PartitionKey
{
    /// <summary>Keys per tenant: a big seller uses up to this many partitions.</summary>
    public const int DefaultSpread = 8;

    /// <summary>The key of a record: <c>tenant:hash(user) mod spread</c>. A resend of an event has the same key, so it meets its original in the duplicate filter.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="user">The user, or for a stock level the product.</param>
    /// <param name="spread">Keys of this tenant, 1 or more. Changing it lets resends across the change be counted twice until the nightly check.</param>
    public static string Of(long tenant, string user, int spread = DefaultSpread) =>
        string.Create(CultureInfo.InvariantCulture, $"{tenant}:{Hash64.Of(Encoding.UTF8.GetBytes(user)) % (uint)spread}");

    /// <summary>The key of an event.</summary>
    public static string Of(ProducedEvent produced, int spread = DefaultSpread) => Of(produced.TenantId, UserOf(produced), spread);

    private static string UserOf(ProducedEvent produced) => produced switch
    {
        ClickstreamEvent click => click.UserId,
        OrderEvent order => order.UserId,
        StockEvent stock => stock.ProductId,
        _ => throw new ArgumentException($"{produced.GetType().Name} has no user", nameof(produced)),
    };
}
