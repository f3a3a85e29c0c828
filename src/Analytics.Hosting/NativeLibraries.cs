using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Analytics.Hosting;

/// <summary>Finds the native libraries that scripts/native.sh built: librdkafka and the ClickHouse engine.</summary>
/// <remarks>
/// Looked for in the folder named by ANALYTICS_NATIVE, then in the nearest <c>.local/native</c> above the program, then where the system looks.
/// Call <see cref="Resolve"/> for an assembly before its first P/Invoke; a second call does nothing, so everyone who needs it may call.
/// </remarks>
public static class NativeLibraries
{
    private static readonly string? Folder = Find();
    private static readonly ConcurrentDictionary<Assembly, bool> Resolved = new();

    /// <summary>Makes the P/Invokes of <paramref name="assembly"/> to librdkafka and libchdb load our builds.</summary>
    public static void Resolve(Assembly assembly)
    {
        if (Resolved.TryAdd(assembly, true))
        {
            NativeLibrary.SetDllImportResolver(assembly, Load);
        }
    }

    /// <summary>The path of one library, or its bare name when it is left to the system.</summary>
    public static string PathOf(string library) =>
        Folder is not null && Path.Combine(Folder, library + ".so") is var path && File.Exists(path) ? path : library;

    private static nint Load(string name, Assembly assembly, DllImportSearchPath? search)
    {
        var library = name.Contains("rdkafka", StringComparison.Ordinal) ? "librdkafka"
            : name.Contains("chdb", StringComparison.Ordinal) ? "libchdb"
            : null;
        return library is null ? 0 : NativeLibrary.Load(PathOf(library), assembly, search);
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("ANALYTICS_NATIVE") is { Length: > 0 } named)
        {
            return named;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var native = Path.Combine(folder.FullName, ".local", "native");
            if (Directory.Exists(native))
            {
                return native;
            }
        }

        return null;
    }
}
