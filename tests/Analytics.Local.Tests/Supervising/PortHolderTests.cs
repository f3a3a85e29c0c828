using System.Net;
using System.Net.Sockets;
using Analytics.Local.Supervising;
using Analytics.Testing;

namespace Analytics.Local.Tests.Supervising;

public sealed class PortHolderTests
{
    [Fact]
    public void A_taken_port_is_named_with_its_part_its_holder_and_the_setting_that_moves_it()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var number = ((IPEndPoint)listener.LocalEndpoint).Port;

        var fault = Assert.Throws<StackException>(() => PortHolder.RequireFree([new StackPort("redis", "ANALYTICS_REDIS_PORT", number)]));

        Assert.StartsWith($"Port {number} of redis is taken by ", fault.Message);
        Assert.Contains($"(process {Environment.ProcessId})", fault.Message);
        Assert.Contains("ANALYTICS_REDIS_PORT", fault.Message);
    }

    [Fact]
    public void One_that_listens_on_all_addresses_is_seen_as_well()
    {
        using var listener = new TcpListener(IPAddress.Any, 0);
        listener.Start();

        Assert.False(PortHolder.IsFree(((IPEndPoint)listener.LocalEndpoint).Port));
    }

    [Fact]
    public void Every_taken_port_is_told_at_once()
    {
        using var first = new TcpListener(IPAddress.Loopback, 0);
        using var second = new TcpListener(IPAddress.Loopback, 0);
        first.Start();
        second.Start();
        var ports = new[] { first, second }.Select(each => ((IPEndPoint)each.LocalEndpoint).Port).ToArray();

        var fault = Assert.Throws<StackException>(() => PortHolder.RequireFree(ports.Select(port => new StackPort("part", "SETTING", port))));

        Assert.All(ports, port => Assert.Contains($"Port {port} ", fault.Message));
    }

    [Fact]
    public void A_free_port_has_no_holder()
    {
        var port = FreePort.Next();

        Assert.True(PortHolder.IsFree(port));
        Assert.Null(PortHolder.Find(port));
    }
}
