using System.Text.Json;

namespace Analytics.Storage.Registry;

/// <summary>Schemas on disk, one file an id. A file is whole or not there: it is written aside and moved.</summary>
internal sealed class SchemaCacheFolder
{
    private readonly string _folder;

    public SchemaCacheFolder(string folder) => _folder = Directory.CreateDirectory(folder).FullName;

    /// <summary>The schema of an id; null when it is not here, or its file is no longer a schema and the registry must be asked.</summary>
    public RegisteredSchema? Read(int id)
    {
        try
        {
            return File.Exists(PathOf(id)) ? JsonSerializer.Deserialize<RegisteredSchema>(File.ReadAllBytes(PathOf(id)), RegistryJson.Options) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public void Write(RegisteredSchema schema)
    {
        var aside = Path.Combine(_folder, $"{schema.Id}.{Guid.NewGuid():n}");
        File.WriteAllBytes(aside, JsonSerializer.SerializeToUtf8Bytes(schema, RegistryJson.Options));
        File.Move(aside, PathOf(schema.Id), overwrite: true);
    }

    private string PathOf(int id) => Path.Combine(_folder, $"{id}.json");
}
