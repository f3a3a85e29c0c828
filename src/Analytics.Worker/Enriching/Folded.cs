namespace Analytics.Worker.Enriching;

/// <summary>The value that stands for those beyond a tenant's budget.</summary>
internal static class Folded
{
    /// <summary>Its text.</summary>
    public static ReadOnlySpan<byte> Other => "__other__"u8;
}
