using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Analytics.Testing;

/// <summary>An HTTP server that answers as a schema registry does, or as one that is in trouble does.</summary>
public sealed class ScriptedRegistry : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentDictionary<string, (int Status, string Body)> _replies = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _asked = new();
    private volatile Tuple<int, string>? _trouble;

    /// <summary>Serves on a free port.</summary>
    public ScriptedRegistry()
    {
        Url = new Uri($"http://127.0.0.1:{FreePort.Next()}/");
        _listener.Prefixes.Add(Url.AbsoluteUri);
        _listener.Start();
        _ = ServeAsync();
    }

    /// <summary>Its address.</summary>
    public Uri Url { get; }

    /// <summary>Method and path of every request so far.</summary>
    public IReadOnlyCollection<string> Asked => _asked;

    /// <summary>Knows a schema.</summary>
    public void Add(int id, string schema) => Answer($"GET /schemas/ids/{id}", 200, JsonSerializer.Serialize(new { schema }));

    /// <summary>Answers one request.</summary>
    public void Answer(string request, int status, string body) => _replies[request] = (status, body);

    /// <summary>Answers everything so, until <see cref="Recover"/>.</summary>
    public void Fail(int status, string body) => _trouble = Tuple.Create(status, body);

    /// <summary>Answers as before.</summary>
    public void Recover() => _trouble = null;

    /// <inheritdoc/>
    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync().ConfigureAwait(false);
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            await AnswerAsync(context).ConfigureAwait(false);
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var request = $"{context.Request.HttpMethod} {context.Request.Url!.AbsolutePath}";
        _asked.Enqueue(request);
        var (status, body) = _trouble is { } trouble ? (trouble.Item1, trouble.Item2)
            : _replies.TryGetValue(request, out var known) ? known
            : (404, """{"error_code":40403,"message":"Schema not found"}""");
        try
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/vnd.schemaregistry.v1+json";
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body)).ConfigureAwait(false);
            context.Response.Close();
        }
        catch (Exception gone) when (gone is HttpListenerException or ObjectDisposedException or IOException)
        {
            // The client has given up waiting: the next one is answered all the same.
            context.Response.Abort();
        }
    }
}
