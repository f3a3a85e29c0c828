using System.Diagnostics;
using Analytics.Testing;

namespace Analytics.Local.Tests.Broker;

/// <summary>kcat, a client of librdkafka that we did not write, against the built-in broker.</summary>
public sealed class KcatTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Kcat_lists_the_topics_and_reads_back_what_it_sent()
    {
        await using var broker = await KafkaBroker.StartAsync();

        var listed = await KcatAsync(broker, "", "-L");
        Assert.Contains("topic \"order-events\" with 4 partitions", listed, StringComparison.Ordinal);

        await KcatAsync(broker, "k1:first\nk2:second\nk3:third\n", "-P", "-t", "order-events", "-p", "2", "-K", ":");
        var read = await KcatAsync(broker, "", "-C", "-t", "order-events", "-p", "2", "-o", "beginning", "-e", "-q", "-f", "%o %k %s\\n");
        Assert.Equal("0 k1 first\n1 k2 second\n2 k3 third\n", read);
    }

    [Fact]
    public async Task Kcat_reads_in_a_group_and_goes_on_where_the_group_stopped()
    {
        await using var broker = await KafkaBroker.StartAsync();
        string[] group = ["-G", "kcat-readers", "order-events", "-q", "-e", "-X", "auto.offset.reset=earliest"];

        await KcatAsync(broker, "first\n", "-P", "-t", "order-events", "-p", "0");
        Assert.Equal("first\n", await KcatAsync(broker, "", group));
        await KcatAsync(broker, "second\n", "-P", "-t", "order-events", "-p", "0");
        Assert.Equal("second\n", await KcatAsync(broker, "", group));
    }

    private static async Task<string> KcatAsync(KafkaBroker broker, string input, params string[] arguments)
    {
        using var kcat = new Process
        {
            StartInfo = new("kcat", ["-b", broker.BootstrapServers, .. arguments])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        kcat.Start();
        var (output, errors) = (kcat.StandardOutput.ReadToEndAsync(), kcat.StandardError.ReadToEndAsync());
        await kcat.StandardInput.WriteAsync(input);
        kcat.StandardInput.Close();
        await kcat.WaitForExitAsync().WaitAsync(Limit);
        Assert.True(kcat.ExitCode == 0, $"kcat {string.Join(' ', arguments)} ended with {kcat.ExitCode}: {await errors}");
        return await output;
    }
}
