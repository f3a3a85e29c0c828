namespace Analytics.Local.Supervising;

/// <summary>Where the programs of this solution were built, seen from a process that was built with them.</summary>
internal static class ProgramFiles
{
    /// <summary>The folder of <c>Analytics.sln</c>: the nearest one above this program.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The <c>dotnet</c> that runs us, or the one on PATH.</summary>
    public static string Dotnet { get; } =
        Environment.ProcessPath is { } path && Path.GetFileName(path) == "dotnet" ? path : "dotnet";

    /// <summary>The built <c>.dll</c> of a project under <c>src</c>, of the configuration (Debug or Release) that we were built in.</summary>
    /// <exception cref="FileNotFoundException">It was not built.</exception>
    public static string PathOf(string assembly)
    {
        var path = Path.Combine(Root, "src", assembly, "bin", Configuration(), "net10.0", assembly + ".dll");
        return File.Exists(path)
            ? path
            : throw new FileNotFoundException($"{assembly} is not built: {path} does not exist. Run scripts/setup.sh, or `dotnet build` in the same configuration.");
    }

    private static string Configuration() =>
        AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal) ? "Release" : "Debug";

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Analytics.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"Analytics.sln was not found above {AppContext.BaseDirectory}: the local stack runs from a clone of the repository.");
    }
}
