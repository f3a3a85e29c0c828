using Analytics.Core.Avro;

namespace Analytics.Local.Registry;

/// <summary>Which compatibility level and mode hold: a subject's own, else the global one, else the default.</summary>
internal sealed class RegistryRules(RegistryDatabase database)
{
    /// <summary>The level of a registry that was told none. Confluent's default: consumers are upgraded before producers.</summary>
    public const CompatibilityLevel DefaultLevel = CompatibilityLevel.Backward;

    /// <summary>The level that holds for a subject, or globally.</summary>
    public static async Task<CompatibilityLevel> LevelAsync(RegistryTables tables, string subject) =>
        await tables.LevelAsync(subject) ?? await tables.LevelAsync(RegistryTables.Global) ?? DefaultLevel;

    /// <summary>The mode that holds for a subject, or globally.</summary>
    public static async Task<RegistryMode> ModeAsync(RegistryTables tables, string subject) =>
        await tables.ModeAsync(subject) ?? await tables.ModeAsync(RegistryTables.Global) ?? RegistryMode.ReadWrite;

    /// <summary>Refuses a change of a subject that is read-only.</summary>
    public static void RequireWritable(RegistryMode mode, string subject)
    {
        if (mode == RegistryMode.ReadOnly)
        {
            throw RegistryException.NotPermitted($"Subject {subject} is in read-only mode");
        }
    }

    /// <summary>The global level.</summary>
    public Task<CompatibilityLevel> LevelAsync() => database.ReadAsync(tables => LevelAsync(tables, RegistryTables.Global));

    /// <summary>A subject's level.</summary>
    /// <exception cref="RegistryException">It has none of its own, and the global one was not asked for (40408).</exception>
    public Task<CompatibilityLevel> LevelAsync(string subject, bool defaultToGlobal) => database.ReadAsync(async tables =>
        defaultToGlobal ? await LevelAsync(tables, subject) : await tables.LevelAsync(subject) ?? throw RegistryException.NoSubjectLevel(subject));

    /// <summary>Sets the level of a subject or <see cref="RegistryTables.Global"/>.</summary>
    public Task<CompatibilityLevel> SetLevelAsync(string subject, string? name) => database.ChangeAsync(async tables =>
    {
        if (!Compatibility.TryParse(name, out var level))
        {
            throw RegistryException.InvalidLevel(name);
        }

        await tables.SetLevelAsync(subject, level);
        return level;
    });

    /// <summary>Takes away the level of a subject or <see cref="RegistryTables.Global"/>. Gives the one that it had.</summary>
    public Task<CompatibilityLevel> ClearLevelAsync(string subject) => database.ChangeAsync(async tables =>
    {
        var level = await tables.LevelAsync(subject) ?? (subject == RegistryTables.Global ? DefaultLevel : throw RegistryException.SubjectNotFound(subject));
        await tables.SetLevelAsync(subject, null);
        return level;
    });

    /// <summary>The global mode.</summary>
    public Task<RegistryMode> ModeAsync() => database.ReadAsync(tables => ModeAsync(tables, RegistryTables.Global));

    /// <summary>A subject's mode.</summary>
    /// <exception cref="RegistryException">It has none of its own, and the global one was not asked for (40409).</exception>
    public Task<RegistryMode> ModeAsync(string subject, bool defaultToGlobal) => database.ReadAsync(async tables =>
        defaultToGlobal ? await ModeAsync(tables, subject) : await tables.ModeAsync(subject) ?? throw RegistryException.NoSubjectMode(subject));

    /// <summary>Sets the mode of a subject or <see cref="RegistryTables.Global"/>. Import starts on empty ground, unless forced.</summary>
    public Task<RegistryMode> SetModeAsync(string subject, string? name, bool isForced) => database.ChangeAsync(async tables =>
    {
        var mode = RegistryModes.Parse(name);
        if (mode == RegistryMode.Import && !isForced && await HasSchemasAsync(tables, subject))
        {
            throw RegistryException.NotPermitted("Cannot import since found existing subjects");
        }

        await tables.SetModeAsync(subject, mode);
        return mode;
    });

    /// <summary>Takes away the mode of a subject or <see cref="RegistryTables.Global"/>. Gives the one that it had.</summary>
    public Task<RegistryMode> ClearModeAsync(string subject) => database.ChangeAsync(async tables =>
    {
        var mode = await tables.ModeAsync(subject)
            ?? (subject == RegistryTables.Global ? RegistryMode.ReadWrite : throw RegistryException.SubjectNotFound(subject));
        await tables.SetModeAsync(subject, null);
        return mode;
    });

    private static async Task<bool> HasSchemasAsync(RegistryTables tables, string subject) => subject == RegistryTables.Global
        ? (await tables.SubjectsAsync("", withDeleted: true)).Any()
        : (await tables.VersionsOfAsync(subject)).Count > 0;
}
