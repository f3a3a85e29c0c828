using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Analytics.Tidy.Tests;

/// <summary>No container engine is needed to see that docker-compose.yml fits the code: every name in it is looked up where it is used.</summary>
public sealed partial class ComposeTests
{
    private static readonly YamlMappingNode Compose = Load();

    private static readonly string[] Own = ["init", "worker", "api", "jobs"];

    [Fact]
    public void Every_process_has_a_dockerfile_that_publishes_its_project() => Repository.AssertNone(
        from name in Own
        let path = Scalar(Service(name), "build", "dockerfile")
        let project = Path.GetFileName(Path.GetDirectoryName(path))
        where !File.Exists(Path.Combine(Repository.Root, path))
            || !Repository.Text(path).Contains($"dotnet publish src/{project}", StringComparison.Ordinal)
            || !Repository.Text(path).Contains($"ENTRYPOINT [\"dotnet\", \"{project}.dll\"]", StringComparison.Ordinal)
        select $"{name}: {path}");

    [Fact]
    public void Everything_that_a_dockerfile_copies_is_in_the_repository() => Repository.AssertNone(
        from file in Repository.Texts("src/", "Dockerfile")
        from Match copy in Copy().Matches(file.Text)
        from source in copy.Groups[1].Value.Split(' ').SkipLast(1)
        where !Path.Exists(Path.Combine(Repository.Root, source))
        select $"{file.Path}: {source}");

    [Fact]
    public void Every_setting_of_a_process_is_read_by_the_code()
    {
        var code = string.Concat(Repository.Texts("src/", ".cs").Select(file => file.Text));
        Repository.AssertNone(
            from name in Own
            from setting in Environment(Service(name))
            where setting.Contains("__", StringComparison.Ordinal)
            let section = setting.Split("__")[0]
            let key = setting.Split("__")[1]
            where !code.Contains($"\"{section}:{key}\"", StringComparison.Ordinal)
                && !(code.Contains($"\"{section}\"", StringComparison.Ordinal) && Regex.IsMatch(code, $@"\b{key}\b"))
            select $"{name}: {setting}");
    }

    [Fact]
    public void Every_service_is_watched_by_a_health_check_or_ends_by_itself() => Repository.AssertNone(
        from service in Services()
        where service.Name != "init" && !service.Node.Children.ContainsKey("healthcheck")
        select service.Name);

    [Fact]
    public void A_process_is_asked_for_its_health_on_the_port_that_it_is_given() => Repository.AssertNone(
        from name in new[] { "worker", "jobs" }
        let port = Scalar(Service(name), "environment", "Metrics__Port")
        where !Service(name).Children["healthcheck"].ToString().Contains($":{port}/health/live", StringComparison.Ordinal)
        select $"{name}: {port}");

    [Fact]
    public void Prometheus_scrapes_the_port_of_every_process() => Repository.AssertNone(
        from name in new[] { "worker", "api", "jobs" }
        let port = Scalar(Service(name), "environment", "Metrics__Port")
        where !Regex.IsMatch(Repository.Text("grafana/prometheus.yml"), $@"({name}:{port}|names: \[{name}\].*port: {port})")
        select $"{name}: {port}");

    [Fact]
    public void Whom_a_service_waits_for_is_a_service() => Repository.AssertNone(
        from service in Services()
        where service.Node.Children.ContainsKey("depends_on")
        from other in ((YamlMappingNode)service.Node.Children["depends_on"]).Children.Keys
        where !Services().Any(known => known.Name == other.ToString())
        select $"{service.Name} waits for {other}");

    [Fact]
    public void Every_address_names_a_service() => Repository.AssertNone(
        from name in Own
        from value in ((YamlMappingNode)Service(name).Children["environment"]).Children.Values
        from Match host in Host().Matches(value.ToString())
        where host.Groups[1].Value != "0.0.0.0" && !Services().Any(known => known.Name == host.Groups[1].Value)
        select $"{name}: {value}");

    [Fact]
    public void Every_volume_is_declared_or_a_path_of_the_repository() => Repository.AssertNone(
        from service in Services()
        where service.Node.Children.ContainsKey("volumes")
        from volume in (YamlSequenceNode)service.Node.Children["volumes"]
        let source = volume.ToString().Split(':')[0]
        where source[0] == '.' ? !Path.Exists(Path.Combine(Repository.Root, source)) : !((YamlMappingNode)Compose.Children["volumes"]).Children.ContainsKey(source)
        select $"{service.Name}: {source}");

    private static YamlMappingNode Load()
    {
        var yaml = new YamlStream();
        yaml.Load(new YamlDotNet.Core.MergingParser(new YamlDotNet.Core.Parser(new StringReader(Repository.Text("docker-compose.yml")))));
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }

    private static IEnumerable<(string Name, YamlMappingNode Node)> Services() =>
        ((YamlMappingNode)Compose.Children["services"]).Children.Select(service => (service.Key.ToString(), (YamlMappingNode)service.Value));

    private static YamlMappingNode Service(string name) => Services().Single(service => service.Name == name).Node;

    private static IEnumerable<string> Environment(YamlMappingNode service) =>
        ((YamlMappingNode)service.Children["environment"]).Children.Keys.Select(key => key.ToString());

    private static string Scalar(YamlMappingNode node, params string[] path) =>
        path.Aggregate((YamlNode)node, (at, key) => ((YamlMappingNode)at).Children[key]).ToString();

    [GeneratedRegex(@"^COPY (?!--from)(.*)$", RegexOptions.Multiline)]
    private static partial Regex Copy();

    [GeneratedRegex(@"(?:https?://|Host=|^)([a-z][a-z-]+)(?::\d+|;)")]
    private static partial Regex Host();
}
