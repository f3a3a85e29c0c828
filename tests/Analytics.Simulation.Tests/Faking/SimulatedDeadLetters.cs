using System.Reflection;
using System.Text;
using Analytics.Simulation.Tests.Running;
using Confluent.Kafka;

namespace Analytics.Simulation.Tests.Faking;

/// <summary>The producer of dead letters of one worker: acknowledges, fails, or does both.</summary>
internal class SimulatedDeadLetters : DispatchProxy
{
    private World _world = null!;
    private SimulatedWorker _worker = null!;

    public static IProducer<string, byte[]> Of(World world, SimulatedWorker worker)
    {
        var producer = Create<IProducer<string, byte[]>, SimulatedDeadLetters>();
        ((SimulatedDeadLetters)producer)._world = world;
        ((SimulatedDeadLetters)producer)._worker = worker;
        return producer;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => args is [string, Message<string, byte[]> message, CancellationToken cancellation]
        ? _world.Wire.Send(
            new Operation<DeliveryResult<string, byte[]>>(
                _worker, "dead letter", static () => new DeliveryResult<string, byte[]>(),
                static () => new KafkaException(new Error(ErrorCode.Local_MsgTimedOut, "The broker is away.")), _ => Deliver(message)),
            cancellation)
        : throw new InvalidOperationException($"The simulated producer does not know {targetMethod?.Name}.");

    private void Deliver(Message<string, byte[]> message)
    {
        var reason = Encoding.UTF8.GetString(message.Headers.GetLastBytes("reason"));
        var name = $"{message.Key} of {Encoding.UTF8.GetString(message.Headers.GetLastBytes("epoch"))}";
        if (!_world.DeadLetters.TryAdd(name, (reason, message.Value)) && _world.DeadLetters[name].Reason != reason)
        {
            _world.Fail($"dead letter {name} came for {_world.DeadLetters[name].Reason}, then for {reason}");
        }
    }
}
