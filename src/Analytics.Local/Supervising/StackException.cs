namespace Analytics.Local.Supervising;

/// <summary>Why the stack does not start or stop, told to the person who called it: printed without a stack trace.</summary>
internal sealed class StackException(string message, Exception? inner = null) : Exception(message, inner);
