using Analytics.Hosting;
using Analytics.Worker.Consuming;
using Analytics.Worker.Writing;
using Confluent.Kafka;

namespace Analytics.Worker.Tests.Writing;

/// <summary>The producer of dead letters goes by the worker's settings of the client.</summary>
public sealed class DeadLetterWriterTests
{
    [Fact]
    public void The_other_settings_of_the_client_hold_for_its_producer()
    {
        var settings = DeadLetterWriter.SettingsOf(new KafkaAddress { Client = { ["security.protocol"] = "SASL_SSL", ["sasl.username"] = "worker" } });

        Assert.Equal(("SASL_SSL", "worker"), (settings.Get("security.protocol"), settings.Get("sasl.username")));
    }

    [Fact]
    public void What_dead_letters_rest_on_cannot_be_changed()
    {
        var settings = DeadLetterWriter.SettingsOf(new KafkaAddress { BootstrapServers = "here:1", Client = { ["acks"] = "0", ["bootstrap.servers"] = "there:1" } });

        Assert.Equal((Acks.All, "here:1"), (settings.Acks, settings.BootstrapServers));
    }

    [Fact]
    public void A_setting_that_the_client_does_not_know_is_refused()
    {
        NativeLibraries.Resolve(typeof(ProducerConfig).Assembly);

        var refused = Assert.Throws<InvalidOperationException>(() => DeadLetterWriter.ProducerOf(new KafkaAddress { Client = { ["no.such.setting"] = "1" } }));

        Assert.Contains("no.such.setting", refused.Message, StringComparison.Ordinal);
    }
}
