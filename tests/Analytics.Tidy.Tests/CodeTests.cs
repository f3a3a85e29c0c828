using System.Text.RegularExpressions;

namespace Analytics.Tidy.Tests;

public sealed partial class CodeTests
{
    private const int LongestFile = 400;
    private const int LongestMethod = 70;

    private static readonly string[] BannedEndings = ["Manager", "Helper", "Helpers", "Util", "Utils", "Processor", "Handler", "Impl", "Info", "Data"];

    // Each turns whatever went wrong into one of the three kinds of error; no other place may.
    private static readonly string[] BroadCatches = [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "broad-catches.txt")).Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split(' ')[0])];

    [Fact]
    public void No_file_is_longer_than_400_lines() => Repository.AssertNone(
        from file in Repository.Texts("", ".cs").Concat(Repository.Texts("src/dashboard", ".ts"))
        let lines = file.Text.Count(letter => letter == '\n')
        where lines > LongestFile
        select $"{file.Path}: {lines} lines");

    [Fact]
    public void No_method_is_longer_than_70_lines() => Repository.AssertNone(
        from file in Repository.Texts("", ".cs")
        from block in CodeBlocks.LongerThan(LongestMethod, file.Text)
        select $"{file.Path}:{block.Line}: {block.Length} lines");

    [Fact]
    public void No_type_has_an_ending_that_says_nothing() => Repository.AssertNone(
        from file in Repository.Texts("src/", ".cs")
        from Match type in TypeName().Matches(file.Text)
        let name = type.Groups[1].Value
        from ending in BannedEndings
        where name.EndsWith(ending, StringComparison.Ordinal)
        select $"{file.Path}: {name}");

    [Fact]
    public void Nothing_is_left_to_do() => Repository.AssertNone(
        from file in Repository.Texts("", ".cs").Concat(Repository.Texts("", ".ts")).Concat(Repository.Texts("", ".sh")).Concat(Repository.Texts("", ".mjs"))
        where !file.Path.Contains("Tidy", StringComparison.Ordinal)
        from Match mark in LeftToDo().Matches(file.Text)
        select $"{file.Path}: {mark.Value}");

    [Fact]
    public void Everything_is_caught_only_where_it_becomes_one_of_the_three_kinds_of_error() => Repository.AssertNone(
        from file in Repository.Texts("src/", ".cs")
        where BroadCatch().IsMatch(file.Text) && !BroadCatches.Contains(file.Path)
        select $"{file.Path}: catches everything; catch what you expect, or add the file with its reason to broad-catches.txt");

    [Fact]
    public void Every_broad_catch_that_is_allowed_is_there() => Repository.AssertNone(
        from path in BroadCatches
        where !File.Exists(Path.Combine(Repository.Root, path)) || !BroadCatch().IsMatch(Repository.Text(path))
        select $"{path}: catches nothing broadly any more; take it out of broad-catches.txt");

    [Fact]
    public void Redis_keys_are_formed_in_one_file() => Repository.AssertNone(
        from file in Repository.Texts("src/", ".cs")
        where !file.Path.EndsWith("Redis/RedisKeys.cs", StringComparison.Ordinal)
        from Match key in RedisKey().Matches(file.Text)
        select $"{file.Path}: {key.Value}");

    [Fact]
    public void Sql_of_clickhouse_is_written_in_storage() => Repository.AssertNone(
        from file in Repository.Texts("src/", ".cs")
        where !file.Path.StartsWith("src/Analytics.Storage/", StringComparison.Ordinal) && !file.Path.StartsWith("src/Analytics.Local/", StringComparison.Ordinal)
        from Match sql in Sql().Matches(file.Text)
        select $"{file.Path}: {sql.Value}");

    [Fact]
    public void No_path_of_a_machine_is_named() => Repository.AssertNone(
        from file in new[] { ".cs", ".md", ".sh", ".yml", ".json", ".ts", ".mjs", "Makefile" }.SelectMany(end => Repository.Texts("", end))
        where !file.Path.Contains("Tidy", StringComparison.Ordinal)
        from Match path in MachinePath().Matches(file.Text)
        select $"{file.Path}: {path.Value}");

    [GeneratedRegex(@"(?:class|struct|interface|enum|record(?: struct)?)\s+([A-Z]\w+)")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX|NotImplementedException)\b")]
    private static partial Regex LeftToDo();

    [GeneratedRegex(@"catch\s*(\(Exception\b[^)]*\)(?!\s*when)|\{)")]
    private static partial Regex BroadCatch();

    [GeneratedRegex("\"(metrics|hll|active|minutes|live|series|parts):")]
    private static partial Regex RedisKey();

    [GeneratedRegex(@"\b(INSERT INTO|SELECT [\w*]+.* FROM) \w+")]
    private static partial Regex Sql();

    [GeneratedRegex(@"(?<![\w.])/(work|root|farm|tmp/h)/\w+")]
    private static partial Regex MachinePath();
}
