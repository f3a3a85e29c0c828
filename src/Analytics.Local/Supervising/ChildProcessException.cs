namespace Analytics.Local.Supervising;

/// <summary>A child process could not be started, ended early, or was not ready in time. The message carries its last lines.</summary>
public sealed class ChildProcessException(string message, Exception? inner = null) : Exception(message, inner);
