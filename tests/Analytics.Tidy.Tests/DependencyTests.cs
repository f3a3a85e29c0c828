using System.Text.RegularExpressions;

namespace Analytics.Tidy.Tests;

public sealed partial class DependencyTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Analytics.Core"] = [],
        ["Analytics.Hosting"] = [],
        ["Analytics.Storage"] = ["Analytics.Core"],
        ["Analytics.Worker"] = ["Analytics.Core", "Analytics.Storage", "Analytics.Hosting"],
        ["Analytics.Jobs"] = ["Analytics.Core", "Analytics.Storage", "Analytics.Hosting"],
        ["Analytics.Api"] = ["Analytics.Core", "Analytics.Storage", "Analytics.Hosting"],
        ["Analytics.Cli"] = ["Analytics.Core", "Analytics.Storage", "Analytics.Hosting"],
        ["Analytics.Local"] = ["Analytics.Core", "Analytics.Storage", "Analytics.Hosting"],
    };

    private static readonly string[] Steps = ["Consuming", "Decoding", "Enriching", "Partitioning", "Windowing", "Writing"];

    [Fact]
    public void Projects_depend_on_what_lies_below_them_only() => Repository.AssertNone(
        from file in Repository.Texts("src/", ".csproj")
        let project = Path.GetFileNameWithoutExtension(file.Path)
        where project != "librdkafka.redist"
        from Match reference in ProjectReference().Matches(file.Text)
        let other = reference.Groups[1].Value
        where other != "librdkafka.redist" && !Allowed[project].Contains(other)
        select $"{project} refers to {other}");

    [Fact]
    public void The_core_takes_no_package_and_no_framework_beyond_the_runtime() => Repository.AssertNone(
        from Match reference in AnyReference().Matches(Repository.Text("src/Analytics.Core/Analytics.Core.csproj"))
        select reference.Value);

    [Fact]
    public void The_core_does_no_input_or_output() => Repository.AssertNone(
        from file in Repository.Texts("src/Analytics.Core/", ".cs")
        from Match use in InputOutput().Matches(file.Text)
        select $"{file.Path}: {use.Value}");

    [Fact]
    public void A_step_of_the_worker_knows_no_later_step() => Repository.AssertNone(
        from step in Enumerable.Range(0, Steps.Length)
        from file in Repository.Texts($"src/Analytics.Worker/{Steps[step]}/", ".cs")
        from later in Steps.Skip(step + 1)
        where later != "Writing" || !file.Text.Contains("IChunkReceipts", StringComparison.Ordinal)
        where file.Text.Contains($"using Analytics.Worker.{later};", StringComparison.Ordinal)
        select $"{file.Path} uses {later}");

    [GeneratedRegex("<ProjectReference Include=\"[^\"]*?([^/\"]+)\\.csproj\"")]
    private static partial Regex ProjectReference();

    [GeneratedRegex("<(PackageReference|FrameworkReference|ProjectReference)[^>]*>")]
    private static partial Regex AnyReference();

    [GeneratedRegex(@"\b(File|Directory|Console|HttpClient|Socket|ILogger|TimeProvider|Stopwatch)\b[.<( ](?![^\n]*///)")]
    private static partial Regex InputOutput();
}
