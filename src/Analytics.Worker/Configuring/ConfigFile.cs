using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Analytics.Worker.Enriching;

namespace Analytics.Worker.Configuring;

/// <summary>The file of one config version. What it does not name has its default, whatever the worker's settings say.</summary>
/// <remarks>
/// <code>{ "version": 2, "activates": "2026-12-01T00:00:00Z", "countryTables": ["ipv4-2026-12.csv"], "counting": { "namesPerTenant": 2000 } }</code>
/// Paths are relative to the file.
/// </remarks>
internal sealed class ConfigFile
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
    };

    /// <summary>2 or more; 1 is the worker's settings. Never given twice.</summary>
    [Range(2, uint.MaxValue)]
    public uint Version { get; set; }

    /// <summary>From when on it holds, by the Kafka timestamp of a chunk's first record.</summary>
    public DateTimeOffset Activates { get; set; }

    /// <summary>What is rejected.</summary>
    public RulesOptions Rules { get; set; } = new();

    /// <summary>What is flagged, sampled and folded together.</summary>
    public CountingOptions Counting { get; set; } = new();

    /// <summary>Tables of IP ranges.</summary>
    public string[] CountryTables { get; set; } = [];

    /// <summary>Table of user agents that are programs; null for the one that the worker carries.</summary>
    public string? BotTable { get; set; }

    /// <summary>Reads a version with its tables, and the hash of all of it.</summary>
    /// <exception cref="InvalidConfigException">It cannot be used; the message names the file and what to do.</exception>
    public static (EventConfig Config, string Sha256) Read(string path)
    {
        try
        {
            var bytes = File.ReadAllBytes(path);
            var file = JsonSerializer.Deserialize<ConfigFile>(bytes, Format) ?? throw new FormatException("it is empty");
            foreach (var part in new object[] { file, file.Rules, file.Counting })
            {
                Validator.ValidateObject(part, new ValidationContext(part), validateAllProperties: true);
            }

            var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            var countries = Array.ConvertAll(file.CountryTables, table => Path.Combine(folder, table));
            var bots = file.BotTable is { } table ? Path.Combine(folder, table) : null;
            var config = new EventConfig(
                file.Version, file.Activates.ToUnixTimeMilliseconds(), file.Rules, file.Counting,
                countries.Length == 0 ? CountryTable.Empty : CountryTable.Read(countries), bots is null ? Enriching.BotTable.BuiltIn : Enriching.BotTable.Read(bots));
            return (config, HashOf(bytes, bots is null ? countries : [.. countries, bots]));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException or FormatException or ValidationException)
        {
            throw new InvalidConfigException($"{path}: expected a config version with its tables, found: {failure.Message} Correct it and save it again.", failure);
        }
    }

    private static string HashOf(byte[] file, string[] tables)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(file);
        foreach (var table in tables)
        {
            hash.AppendData(SHA256.HashData(File.ReadAllBytes(table)));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

/// <summary>A config version that cannot be used.</summary>
internal sealed class InvalidConfigException(string message, Exception? inner = null) : Exception(message, inner);
