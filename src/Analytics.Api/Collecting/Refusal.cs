using Analytics.Core.Events;

namespace Analytics.Api.Collecting;

/// <summary>Why an event cannot be taken.</summary>
/// <param name="Reason">Stable name: the code of a <see cref="Verdict"/>, or <see cref="TenantNotAllowed"/>.</param>
/// <param name="Detail">What was expected and what was found.</param>
internal sealed record Refusal(string Reason, string Detail)
{
    /// <summary>The key does not send for this tenant, or there is none.</summary>
    public const string TenantNotAllowed = "tenant_not_allowed";

    /// <summary>A rule that the worker knows too.</summary>
    public static Refusal Of(Verdict verdict, string detail) => new(verdict.Code(), detail);
}
