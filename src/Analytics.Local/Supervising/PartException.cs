namespace Analytics.Local.Supervising;

/// <summary>A part could not be started, ended early, or was not ready in time. The message carries its last lines.</summary>
internal sealed class PartException(string message, Exception? inner = null) : Exception(message, inner);
