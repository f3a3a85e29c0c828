using System.Globalization;
using Analytics.Core.Avro;

namespace Analytics.Local.Registry;

/// <summary>What clients do with subjects: register, look up, list, delete. Any thread.</summary>
internal sealed class Subjects(RegistryDatabase database)
{
    /// <summary>Registers a schema under a subject and gives its id; one that the subject already has is found, not added.</summary>
    /// <exception cref="RegistryException">409 incompatible, 42205 not permitted.</exception>
    public Task<int> RegisterAsync(string subject, SubmittedSchema submitted) => database.ChangeAsync(async tables =>
    {
        var mode = await RegistryRules.ModeAsync(tables, subject);
        var all = await tables.VersionsOfAsync(subject);
        var live = all.Where(version => !version.IsDeleted).ToList();
        var known = await tables.FindAsync(submitted.Fingerprint);
        if (known is not null && live.Exists(version => version.Id == known) && (submitted.Id is null || submitted.Id == known))
        {
            return known.Value;
        }

        RegistryRules.RequireWritable(mode, subject);
        if (mode == RegistryMode.Import)
        {
            return await ImportAsync(tables, subject, submitted, known, all);
        }

        if (submitted.Id is not null)
        {
            throw RegistryException.NotPermitted($"Subject {subject} is not in import mode: a schema's id is given by the registry.");
        }

        RequireCompatible(subject, await RegistryRules.LevelAsync(tables, subject), submitted, live);
        var id = known ?? await tables.AddAsync(submitted.Fingerprint, submitted.Text);
        await tables.AddVersionAsync(subject, NextVersion(all), id);
        return id;
    });

    /// <summary>Finds a schema among a subject's versions.</summary>
    public Task<SchemaVersion> LookUpAsync(string subject, SubmittedSchema submitted, bool withDeleted) => database.ReadAsync(async tables =>
    {
        var versions = await ListAsync(tables, subject, withDeleted);
        var id = await tables.FindAsync(submitted.Fingerprint);
        return versions.LastOrDefault(version => version.Id == id) ?? throw RegistryException.SchemaNotFound();
    });

    /// <summary>A subject's versions, oldest first.</summary>
    public Task<IReadOnlyList<SchemaVersion>> ListAsync(string subject, bool withDeleted) =>
        database.ReadAsync(tables => ListAsync(tables, subject, withDeleted));

    /// <summary>One version: a number, <c>-1</c> or <c>latest</c>.</summary>
    public Task<SchemaVersion> FindAsync(string subject, string version, bool withDeleted) => database.ReadAsync(async tables =>
    {
        var number = Number(version);
        return Pick(await ListAsync(tables, subject, withDeleted), number) ?? throw RegistryException.VersionNotFound(version);
    });

    /// <summary>Deletes a subject: softly, or what was deleted softly for good. Gives the versions deleted.</summary>
    public Task<IReadOnlyList<int>> DeleteAsync(string subject, bool isPermanent) => database.ChangeAsync(async tables =>
    {
        RegistryRules.RequireWritable(await RegistryRules.ModeAsync(tables, subject), subject);
        var all = await ListAsync(tables, subject, withDeleted: true);
        var live = all.Where(version => !version.IsDeleted).ToList();
        if (isPermanent ? live.Count > 0 : live.Count == 0)
        {
            throw isPermanent ? RegistryException.SubjectNotSoftDeleted(subject) : RegistryException.SubjectSoftDeleted(subject);
        }

        var gone = isPermanent ? all : live;
        foreach (var version in gone)
        {
            await tables.DeleteAsync(subject, version.Version, isPermanent);
        }

        await tables.SetLevelAsync(subject, null);
        await tables.SetModeAsync(subject, null);
        return (IReadOnlyList<int>)[.. gone.Select(version => version.Version)];
    });

    /// <summary>Deletes one version: softly, or one that was deleted softly for good.</summary>
    public Task<int> DeleteAsync(string subject, string version, bool isPermanent) => database.ChangeAsync(async tables =>
    {
        var number = Number(version);
        RegistryRules.RequireWritable(await RegistryRules.ModeAsync(tables, subject), subject);
        var all = await ListAsync(tables, subject, withDeleted: true);
        var one = Pick(number == Latest ? [.. all.Where(other => !other.IsDeleted)] : all, number) ?? throw RegistryException.VersionNotFound(version);
        if (one.IsDeleted != isPermanent)
        {
            throw isPermanent ? RegistryException.VersionNotSoftDeleted(subject, one.Version) : RegistryException.VersionSoftDeleted(subject, one.Version);
        }

        await tables.DeleteAsync(subject, one.Version, isPermanent);
        return one.Version;
    });

    /// <summary>
    /// Why a schema may not follow one version of a subject; empty when it may. <c>latest</c> of an unknown subject allows anything.
    /// </summary>
    public Task<IReadOnlyList<string>> CheckAsync(string subject, string version, SubmittedSchema submitted) => database.ReadAsync(async tables =>
    {
        var number = Number(version);
        var live = (await tables.VersionsOfAsync(subject)).Where(one => !one.IsDeleted).ToList();
        if (live.Count == 0)
        {
            return number == Latest ? [] : throw RegistryException.SubjectNotFound(subject);
        }

        var one = Pick(live, number) ?? throw RegistryException.VersionNotFound(version);
        return Compatibility.Check(await RegistryRules.LevelAsync(tables, subject), submitted.Schema, [AvroSchema.Parse(one.Text)]);
    });

    /// <summary>Why a schema may not be a subject's next version; empty when it may.</summary>
    public Task<IReadOnlyList<string>> CheckAsync(string subject, SubmittedSchema submitted) => database.ReadAsync(async tables =>
    {
        var live = (await tables.VersionsOfAsync(subject)).Where(version => !version.IsDeleted);
        return Reasons(await RegistryRules.LevelAsync(tables, subject), submitted, live);
    });

    private const int Latest = -1;

    private static async Task<int> ImportAsync(
        RegistryTables tables, string subject, SubmittedSchema submitted, int? known, IReadOnlyList<SchemaVersion> all)
    {
        var id = submitted.Id ?? throw RegistryException.NotPermitted($"Subject {subject} is in import mode: expected an id, found none.");
        if (known is null ? !await tables.AddAsync(id, submitted.Fingerprint, submitted.Text) : known != id)
        {
            throw RegistryException.NotPermitted($"Overwrite new schema with id {id} is not permitted.");
        }

        var version = submitted.Version ?? NextVersion(all);
        return await tables.AddVersionAsync(subject, version, id)
            ? id
            : throw RegistryException.NotPermitted($"Overwrite version {version} of subject {subject} is not permitted.");
    }

    private static async Task<IReadOnlyList<SchemaVersion>> ListAsync(RegistryTables tables, string subject, bool withDeleted)
    {
        var versions = (await tables.VersionsOfAsync(subject)).Where(version => withDeleted || !version.IsDeleted).ToList();
        return versions.Count > 0 ? versions : throw RegistryException.SubjectNotFound(subject);
    }

    private static void RequireCompatible(string subject, CompatibilityLevel level, SubmittedSchema submitted, IEnumerable<SchemaVersion> live)
    {
        if (Reasons(level, submitted, live) is { Count: > 0 } reasons)
        {
            throw RegistryException.Incompatible(subject, reasons);
        }
    }

    private static IReadOnlyList<string> Reasons(CompatibilityLevel level, SubmittedSchema submitted, IEnumerable<SchemaVersion> live) =>
        Compatibility.Check(level, submitted.Schema, [.. live.Select(version => AvroSchema.Parse(version.Text))]);

    private static int NextVersion(IReadOnlyList<SchemaVersion> all) => all.Count == 0 ? 1 : all[^1].Version + 1;

    private static SchemaVersion? Pick(IReadOnlyList<SchemaVersion> versions, int number) =>
        versions.LastOrDefault(version => number == Latest || version.Version == number);

    private static int Number(string version) =>
        version is "latest" or "-1" ? Latest
        : int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number
        : throw RegistryException.InvalidVersion(version);
}
