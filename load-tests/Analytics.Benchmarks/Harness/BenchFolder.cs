using Analytics.Benchmarks.Workloads;
using Analytics.Core.Events;
using Analytics.Storage.Registry;

namespace Analytics.Benchmarks.Harness;

/// <summary>A folder for the files that both sides read; deleted at the end.</summary>
internal sealed class BenchFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("analytics-bench-");

    /// <summary>The repository.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A path in the folder.</summary>
    public string PathOf(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>The records, each behind its length.</summary>
    public string Framed(Clickstream clickstream) => Once($"{clickstream.Shape}.bin", clickstream.WriteFramed);

    /// <summary>The records as an Avro object container file.</summary>
    public string Container(Clickstream clickstream, string schema) => Once($"{clickstream.Shape}.avro", path => clickstream.WriteContainer(path, schema));

    /// <summary>A registry's client that knows the workload's schema from its cache on disk, as a worker does after a restart.</summary>
    public SchemaRegistryClient Registry()
    {
        var cache = PathOf("schemas");
        new SchemaCacheFolder(cache).Write(new RegisteredSchema(Clickstream.SchemaId, EventSchemas.TextOf(Topics.Clickstream), RegisteredSchema.Avro, []));
        return new SchemaRegistryClient(new SchemaRegistryOptions { CacheFolder = cache });
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);

    private string Once(string name, Action<string> write)
    {
        var path = PathOf(name);
        if (!File.Exists(path))
        {
            write(path);
        }

        return path;
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Analytics.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException($"expected Analytics.sln above {AppContext.BaseDirectory}");
    }
}
