using Microsoft.Extensions.Configuration;

namespace Analytics.Hosting;

/// <summary>Settings whose value stands in a file: <c>Postgres__Connection__FILE=/run/secrets/postgres</c> sets <c>Postgres:Connection</c>.</summary>
internal static class SecretFiles
{
    private const string Suffix = ":FILE";

    /// <summary>The settings that files hold.</summary>
    /// <exception cref="InvalidOperationException">A named file cannot be read: starting without the secret would only fail later.</exception>
    public static Dictionary<string, string?> Read(IConfiguration configuration)
    {
        var read = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, path) in configuration.AsEnumerable())
        {
            if (key.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase) && !string.IsNullOrEmpty(path))
            {
                read[key[..^Suffix.Length]] = Text(key, path);
            }
        }

        return read;
    }

    private static string Text(string key, string path)
    {
        try
        {
            return File.ReadAllText(path).TrimEnd('\r', '\n');
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException(
                $"{key.Replace(":", "__", StringComparison.Ordinal)} names a file that cannot be read ({error.Message}). Mount the secret there, or unset it.", error);
        }
    }
}
