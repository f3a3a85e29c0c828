namespace Analytics.Cli;

/// <summary>Texts that come from senders, made safe to print: nothing in them may steer a terminal.</summary>
internal static class PlainText
{
    /// <summary>The text without control characters.</summary>
    public static string Of(string text) => string.Concat(text.Select(letter => char.IsControl(letter) ? '\ufffd' : letter));
}
