using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Analytics.Testing;

/// <summary>A TCP proxy on a port of 127.0.0.1 that hurts what passes through it, on command: one fault at a time, for all of its connections.</summary>
/// <remarks>Any thread. A fault holds from <see cref="Begin"/> to the next <see cref="Begin"/> or <see cref="Heal"/>, for open connections too.</remarks>
public sealed class FaultProxy : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly IPEndPoint _target;
    private readonly ConcurrentDictionary<Line, Task> _lines = [];
    private Socket? _listener;
    private State _state = new(new ProxyFault.None());
    private long _hits;

    private FaultProxy(string host, int port) => _target = new IPEndPoint(IPAddress.Parse(host), port);

    /// <summary>Its port.</summary>
    public int Port { get; private set; }

    /// <summary><c>127.0.0.1:port</c>.</summary>
    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary><c>http://127.0.0.1:port</c>.</summary>
    public Uri Url => new("http://" + Address);

    /// <summary>Requests, answers and connections that a fault has hurt so far.</summary>
    public long Hits => Interlocked.Read(ref _hits);

    /// <summary>Starts a proxy in front of a server of this machine.</summary>
    public static FaultProxy To(int port, string host = "127.0.0.1")
    {
        var proxy = new FaultProxy(host, port);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                proxy.Port = FreePort.Next();
                proxy.Listen();
                return proxy;
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse && attempt < 5)
            {
                // Someone took the port between the look and the bind: take another.
            }
        }
    }

    /// <summary>Starts a proxy in front of an HTTP server.</summary>
    public static FaultProxy To(Uri server) => To(server.Port);

    /// <summary>Ends the fault before and begins this one. Ends when the fault has hurt something.</summary>
    public Task Begin(ProxyFault fault)
    {
        State before, now = new(fault);
        lock (_gate)
        {
            (before, _state) = (_state, now);
        }

        if (fault is ProxyFault.Refused)
        {
            _listener?.Dispose();
            _listener = null;
            foreach (var line in _lines.Keys)
            {
                line.Reset();
            }

            Hit(now);
        }
        else if (_listener is null)
        {
            Listen();
        }

        before.Over.TrySetResult();
        return now.HasHit.Task;
    }

    /// <summary>Ends the fault: everything passes from now on, and what was held arrives.</summary>
    public void Heal() => Begin(new ProxyFault.None());

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _listener?.Dispose();
        foreach (var line in _lines.Keys)
        {
            line.Reset();
        }

        _state.Over.TrySetResult();
        await Task.WhenAll(_lines.Values);
    }

    private State Now
    {
        get
        {
            lock (_gate)
            {
                return _state;
            }
        }
    }

    private void Listen()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, Port));
        listener.Listen(128);
        _listener = listener;
        _ = AcceptAsync(listener);
    }

    private async Task AcceptAsync(Socket listener)
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await listener.AcceptAsync().ConfigureAwait(false);
            }
            catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
            {
                return;
            }

            var line = new Line(client);
            _lines[line] = Task.CompletedTask;
            var serving = ServeAsync(line);
            _ = _lines.TryUpdate(line, serving, Task.CompletedTask);
            if (serving.IsCompleted)
            {
                _lines.TryRemove(line, out _);
            }
        }
    }

    private async Task ServeAsync(Line line)
    {
        await Task.Yield();
        try
        {
            await line.Server.ConnectAsync(_target).ConfigureAwait(false);
            var requests = PassRequestsAsync(line);
            var answers = PassAnswersAsync(line);
            await Task.WhenAny(requests, answers).ConfigureAwait(false);
            line.Reset();
            await Task.WhenAll(requests, answers).ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // One of the two ends has gone; the other is told by the reset.
        }
        finally
        {
            line.Reset();
            _lines.TryRemove(line, out _);
        }
    }

    private async Task PassRequestsAsync(Line line)
    {
        var bytes = new byte[64 * 1024];
        while (await line.Client.ReceiveAsync(bytes).ConfigureAwait(false) is > 0 and var count)
        {
            var piece = bytes.AsMemory(0, count);
            var state = Now;
            switch (state.Fault)
            {
                case ProxyFault.Refused:
                    // It was accepted in the moment in which the others were reset.
                    return;
                case ProxyFault.BlackHole:
                    Hit(state);
                    await state.Over.Task.ConfigureAwait(false);
                    break;
                case ProxyFault.RequestHeld held when Contains(piece, held.Text):
                    Hit(state);
                    await state.Over.Task.ConfigureAwait(false);
                    break;
                case ProxyFault.AnswerHeld held when Contains(piece, held.Text):
                    line.AnswerWaitsFor = state;
                    break;
                case ProxyFault.RequestsCut(var limit) when (line.Passed += count) > limit:
                    Hit(state);
                    await SendAsync(line.Server, piece[..Math.Max(0, count - (int)(line.Passed - limit))]).ConfigureAwait(false);
                    return;
                case ProxyFault.Answered answer:
                    await HttpRequestReading.ToEndAsync(line.Client, piece).ConfigureAwait(false);
                    Hit(state);
                    await SendAsync(line.Client, answer.Bytes()).ConfigureAwait(false);
                    line.Client.Shutdown(SocketShutdown.Send);
                    // Until the client has read it and closed: a reset before would take the answer from it.
                    while (await line.Client.ReceiveAsync(bytes).ConfigureAwait(false) > 0)
                    {
                    }

                    return;
            }

            await SendAsync(line.Server, piece).ConfigureAwait(false);
        }

        line.Server.Shutdown(SocketShutdown.Send);
        await line.AnswersEnded.Task.ConfigureAwait(false);
    }

    private async Task PassAnswersAsync(Line line)
    {
        try
        {
            var bytes = new byte[64 * 1024];
            while (await line.Server.ReceiveAsync(bytes).ConfigureAwait(false) is > 0 and var count)
            {
                var state = Now;
                switch (state.Fault)
                {
                    case ProxyFault.BlackHole:
                        Hit(state);
                        await state.Over.Task.ConfigureAwait(false);
                        break;
                    case ProxyFault.AnswerHeld when line.AnswerWaitsFor == state:
                        Hit(state);
                        await state.Over.Task.ConfigureAwait(false);
                        break;
                    case ProxyFault.Slow(var delay):
                        Hit(state);
                        await Task.WhenAny(state.Over.Task, Task.Delay(delay, TimeProvider.System)).ConfigureAwait(false);
                        break;
                    case ProxyFault.AnswersCut:
                        Hit(state);
                        return;
                }

                await SendAsync(line.Client, bytes.AsMemory(0, count)).ConfigureAwait(false);
            }
        }
        finally
        {
            line.AnswersEnded.TrySetResult();
        }
    }

    private void Hit(State state)
    {
        Interlocked.Increment(ref _hits);
        state.HasHit.TrySetResult();
    }

    private static bool Contains(ReadOnlyMemory<byte> piece, string text) => piece.Span.IndexOf(Encoding.ASCII.GetBytes(text)) >= 0;

    private static async Task SendAsync(Socket to, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await to.SendAsync(bytes).ConfigureAwait(false)..];
        }
    }

    /// <summary>A fault from its begin to its end.</summary>
    private sealed record State(ProxyFault Fault)
    {
        public TaskCompletionSource HasHit { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Over { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>One connection of a client and its twin to the server.</summary>
    private sealed class Line(Socket client)
    {
        public readonly Socket Client = client;
        public readonly Socket Server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        public readonly TaskCompletionSource AnswersEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
        public State? AnswerWaitsFor;
        public long Passed;

        // Linger 0: the other end sees a reset, as from a process that was killed, not an orderly end.
        public void Reset()
        {
            foreach (var socket in new[] { Client, Server })
            {
                try
                {
                    socket.LingerState = new LingerOption(true, 0);
                    socket.Dispose();
                }
                catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
                {
                    // It is closed already, which is what was wanted.
                }
            }
        }
    }
}
