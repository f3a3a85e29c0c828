using Analytics.Local.Supervising;

namespace Analytics.Local.Tests.Supervising;

public sealed class StackSettingsTests
{
    [Fact]
    public void Nothing_set_gives_the_documented_ports_and_the_folder_of_the_clone()
    {
        var settings = Read();

        Assert.Equal("http://127.0.0.1:8080", settings.ApiUrl);
        Assert.Equal("http://127.0.0.1:8081", settings.RegistryUrl);
        Assert.Equal("http://127.0.0.1:8123", settings.ClickHouseUrl);
        Assert.Equal("127.0.0.1:9092", settings.Kafka);
        Assert.Equal("127.0.0.1:6380", settings.Redis);
        Assert.Equal(5433, settings.Ports.Postgres.Number);
        Assert.Equal(Path.Combine(ProgramFiles.Root, ".local"), settings.DataFolder);
    }

    [Fact]
    public void The_offset_moves_every_port_and_a_port_that_is_set_stays_where_it_was_set()
    {
        var settings = Read(("ANALYTICS_PORT_OFFSET", "1000"), ("ANALYTICS_API_PORT", "80"));

        Assert.Equal("http://127.0.0.1:80", settings.ApiUrl);
        Assert.Equal("127.0.0.1:10092", settings.Kafka);
        Assert.All(settings.Ports.All.Where(port => port.Part != "api"), port => Assert.InRange(port.Number, 6433, 10102));
    }

    [Fact]
    public void Each_worker_has_a_metrics_port_of_its_own()
    {
        var settings = Read(("ANALYTICS_WORKERS", "3"));

        Assert.Equal([9101, 9111, 9121], settings.Ports.WorkerMetrics.Select(port => port.Number));
        Assert.Equal(["worker-1", "worker-2", "worker-3"], settings.Ports.WorkerMetrics.Select(port => port.Part));
    }

    [Theory]
    [InlineData("ANALYTICS_WORKERS", "0", "ANALYTICS_WORKERS is '0': expected a whole number from 1 to 16.")]
    [InlineData("ANALYTICS_API_PORT", "http", "ANALYTICS_API_PORT is 'http': expected a whole number.")]
    [InlineData("ANALYTICS_DEMO", "maybe", "ANALYTICS_DEMO is 'maybe': expected on or off.")]
    [InlineData("ANALYTICS_PORT_OFFSET", "60000", "The port of api would be 68080: expected 1 to 65535. Change ANALYTICS_API_PORT or ANALYTICS_PORT_OFFSET.")]
    [InlineData("ANALYTICS_API_PORT", "9092", "Port 9092 is given twice: by ANALYTICS_API_PORT (api) and ANALYTICS_KAFKA_PORT (broker). Give each part a port of its own.")]
    public void A_setting_that_makes_no_sense_says_what_was_expected(string setting, string value, string expected)
    {
        var fault = Assert.Throws<StackException>(() => Read((setting, value)));

        Assert.Equal(expected, fault.Message);
    }

    private static StackSettings Read(params (string Name, string Value)[] environment) =>
        StackSettings.Read(name => environment.FirstOrDefault(each => each.Name == name).Value);
}
