using Analytics.Storage.ClickHouse;

namespace Analytics.Api.Replies;

/// <summary>What the ledger says of a range: the share of resent records, rejected ones of the tenant, and how often something late may have changed the figures.</summary>
internal sealed record LedgerReply(double? DuplicateShare, long? Rejected, long Revision, DateTimeOffset? RevisedAt)
{
    /// <summary>The record of a range, for a tenant.</summary>
    public static LedgerReply Of(RangeRecord record, long tenant) => new(MeasuresReply.Rate(record.DuplicateShare), record.RejectedOf(tenant), record.Revision, record.RevisedAt);
}
