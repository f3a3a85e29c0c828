using System.Globalization;

namespace Analytics.Local.Supervising;

/// <summary>Reads settings from the environment; a value that makes no sense is an error that says what was expected.</summary>
internal static class SettingReader
{
    public static int Integer(Func<string, string?> environment, string setting, int usual, int lowest, int highest)
    {
        var text = environment(setting);
        if (string.IsNullOrWhiteSpace(text))
        {
            return usual;
        }

        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= lowest && value <= highest
            ? value
            : throw new StackException($"{setting} is '{text}': expected a whole number{Range(lowest, highest)}.");
    }

    public static bool Switch(Func<string, string?> environment, string setting, bool usual) => environment(setting) switch
    {
        null or "" => usual,
        "on" or "1" or "true" => true,
        "off" or "0" or "false" => false,
        var text => throw new StackException($"{setting} is '{text}': expected on or off."),
    };

    private static string Range(int lowest, int highest) =>
        lowest == int.MinValue ? "" : string.Create(CultureInfo.InvariantCulture, $" from {lowest} to {highest}");
}
