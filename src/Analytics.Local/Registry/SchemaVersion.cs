namespace Analytics.Local.Registry;

/// <summary>One version of a subject.</summary>
/// <param name="Subject">What the schema is of, for example <c>order-events-value</c>.</param>
/// <param name="Version">1 and up within the subject; never given twice while the subject exists.</param>
/// <param name="Id">The schema's id, the same under every subject.</param>
/// <param name="Text">The schema as JSON without needless white space.</param>
/// <param name="IsDeleted">Softly deleted: not listed, but still found by its id.</param>
internal sealed record SchemaVersion(string Subject, int Version, int Id, string Text, bool IsDeleted);
