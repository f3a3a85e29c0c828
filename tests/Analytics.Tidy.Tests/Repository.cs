using System.Diagnostics;

namespace Analytics.Tidy.Tests;

/// <summary>The files of the repository, as git knows them.</summary>
internal static class Repository
{
    /// <summary>The folder with the solution in it.</summary>
    public static readonly string Root = FindRoot();

    private static readonly string[] Files = ListFiles();

    /// <summary>Paths below the root, with forward slashes, that start and end so.</summary>
    public static IReadOnlyList<string> Paths(string start, string end) =>
        [.. Files.Where(path => path.StartsWith(start, StringComparison.Ordinal) && path.EndsWith(end, StringComparison.Ordinal))];

    /// <summary>The text of one file.</summary>
    public static string Text(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>Path and text of the files that start and end so.</summary>
    public static IEnumerable<(string Path, string Text)> Texts(string start, string end) => Paths(start, end).Select(path => (path, Text(path)));

    /// <summary>Fails with one line per fault.</summary>
    public static void AssertNone(IEnumerable<string> faults)
    {
        var found = faults.ToArray();
        Assert.True(found.Length == 0, string.Join('\n', found.Prepend($"{found.Length} faults:")));
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

    private static string[] ListFiles()
    {
        var start = new ProcessStartInfo("git", ["ls-files", "--cached", "--others", "--exclude-standard"]) { WorkingDirectory = Root, RedirectStandardOutput = true };
        using var git = Process.Start(start) ?? throw new InvalidOperationException("git did not start");
        var files = git.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        git.WaitForExit();
        return [.. files.Where(path => File.Exists(Path.Combine(Root, path)))];
    }
}
