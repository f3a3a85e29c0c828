namespace Analytics.Storage.Postgres;

/// <summary>One line of the audit log.</summary>
/// <param name="Id">Grows with every entry.</param>
/// <param name="At">When.</param>
/// <param name="Actor">Who, from where.</param>
/// <param name="Action">What: <c>key.created</c>, <c>user.changed</c>, <c>session.refused</c>, …</param>
/// <param name="Subject">To what: <c>key:12</c>, <c>dashboard:…</c>.</param>
/// <param name="TenantIds">Whose; none for what concerns the whole installation.</param>
/// <param name="Detail">More, as a JSON object; never a secret.</param>
public sealed record AuditEntry(long Id, DateTimeOffset At, Actor Actor, string Action, string Subject, IReadOnlyList<long> TenantIds, string Detail);
