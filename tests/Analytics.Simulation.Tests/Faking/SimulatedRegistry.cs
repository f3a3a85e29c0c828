using System.Net;
using System.Text;
using System.Text.Json;
using Analytics.Core.Events;
using Analytics.Simulation.Tests.Making;
using Analytics.Simulation.Tests.Running;
using Analytics.Storage.Registry;

namespace Analytics.Simulation.Tests.Faking;

/// <summary>The schema registry, as one worker meets it: knows a schema for each topic, and in some runs gets to know a second id for it.</summary>
internal sealed class SimulatedRegistry(World world, SimulatedWorker worker) : HttpMessageHandler
{
    private static readonly Dictionary<string, string> Replies = Topics.Counted.ToDictionary(
        topic => $"/schemas/ids/{Traffic.SchemaOf(topic)}", topic => JsonSerializer.Serialize(new { schema = EventSchemas.TextOf(topic) }), StringComparer.Ordinal);

    private static readonly Dictionary<string, string> LateReplies = Topics.Counted.ToDictionary(
        topic => $"/schemas/ids/{Traffic.LateSchemaOf(topic)}", topic => Replies[$"/schemas/ids/{Traffic.SchemaOf(topic)}"], StringComparer.Ordinal);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        var operation = new Operation<HttpResponseMessage>(worker, "registry", () => Reply(path, world.IsRegistered), static () => new HttpRequestException("The registry is away."));
        return world.Wire.Send(operation, cancellationToken);
    }

    /// <summary>What it answers.</summary>
    public static HttpResponseMessage Reply(string path, bool isRegistered) => Replies.TryGetValue(path, out var schema) || (isRegistered && LateReplies.TryGetValue(path, out schema))
        ? new(HttpStatusCode.OK) { Content = new StringContent(schema, Encoding.UTF8, "application/json") }
        : new(HttpStatusCode.NotFound) { Content = new StringContent("""{"error_code":40403,"message":"Schema not found"}""", Encoding.UTF8, "application/json") };
}

/// <summary>A registry that answers at once.</summary>
internal sealed class PresentRegistry : HttpMessageHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Task.FromResult(SimulatedRegistry.Reply(request.RequestUri!.AbsolutePath, isRegistered: false));
}
