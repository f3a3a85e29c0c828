namespace Analytics.EndToEnd.Tests;

/// <summary>Where a whole stack serves, and the keys of its demo shops.</summary>
/// <param name="ApiUrl">Of API and dashboard, without a slash at the end.</param>
/// <param name="ReadKey">Reads the figures of tenants 1 to 4.</param>
/// <param name="WriteKey">Sends events of tenants 1 to 4.</param>
public sealed record StackAddress(string ApiUrl, string ReadKey, string WriteKey)
{
    private const string Prefix = "ANALYTICS_E2E_";

    /// <summary>The stack that the environment names (ANALYTICS_E2E_API_URL, …_READ_KEY, …_WRITE_KEY), or null: then the tests start their own.</summary>
    /// <exception cref="InvalidOperationException">A URL without keys.</exception>
    public static StackAddress? FromEnvironment()
    {
        var url = Environment.GetEnvironmentVariable(Prefix + "API_URL");
        return string.IsNullOrEmpty(url) ? null : new(url.TrimEnd('/'), Required("READ_KEY"), Required("WRITE_KEY"));
    }

    private static string Required(string name) => Environment.GetEnvironmentVariable(Prefix + name)
        ?? throw new InvalidOperationException($"{Prefix}API_URL is set, {Prefix}{name} is not: expected all three, or none to start a stack of its own.");
}
