using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Analytics.Storage.Registry;

/// <summary>Asks a Confluent-compatible schema registry: the schema of an id, the latest of a subject, and registers new ones.</summary>
/// <remarks>
/// One for each process; any thread. The schema of an id never changes and is asked for once; that an id is unknown is never kept here, because the
/// registry may give it out later. Every fault of the network or the registry is a <see cref="RegistryUnavailableException"/>, which the caller retries.
/// Source: Confluent schema registry, "API reference".
/// </remarks>
public sealed class SchemaRegistryClient : IDisposable
{
    private const int MostReferences = 64;
    private const int LargestReply = 4 << 20;
    private readonly ConcurrentDictionary<int, RegisteredSchema> _known = new();
    private readonly HttpClient _http;
    private readonly SchemaCacheFolder? _folder;

    /// <summary>Whether the registry answered when it was last asked for a schema.</summary>
    public StoreState State { get; } = new(TimeProvider.System);

    /// <summary>A client of one registry.</summary>
    public SchemaRegistryClient(SchemaRegistryOptions options)
        : this(options, new HttpClientHandler())
    {
    }

    /// <summary>A client over another wire.</summary>
    internal SchemaRegistryClient(SchemaRegistryOptions options, HttpMessageHandler wire)
    {
        ArgumentNullException.ThrowIfNull(options);
        _folder = options.CacheFolder is null ? null : new SchemaCacheFolder(options.CacheFolder);
        _http = new HttpClient(wire)
        {
            BaseAddress = new Uri(options.Url.AbsoluteUri.TrimEnd('/') + "/"),
            Timeout = TimeSpan.FromSeconds(options.TimeoutSeconds),
            MaxResponseContentBufferSize = LargestReply,
        };
        if (options.User is { Length: > 0 } user)
        {
            _http.DefaultRequestHeaders.Authorization =
                new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{options.Password}")));
        }
    }

    /// <summary>The schema of an id; null when the registry says that it knows no such id.</summary>
    /// <exception cref="RegistryUnavailableException">The registry is away.</exception>
    public async ValueTask<RegisteredSchema?> FindAsync(int id, CancellationToken cancellation)
    {
        if (_known.TryGetValue(id, out var known))
        {
            return known;
        }

        var schema = _folder?.Read(id);
        if (schema is null)
        {
            schema = await AskAsync(id, cancellation).ConfigureAwait(false);
            if (schema is null)
            {
                return null;
            }

            _folder?.Write(schema);
        }

        return _known.GetOrAdd(id, schema);
    }

    /// <summary>The latest schema of a subject; null when there is no such subject.</summary>
    /// <exception cref="RegistryUnavailableException">The registry is away.</exception>
    public async Task<RegisteredSchema?> LatestAsync(string subject, CancellationToken cancellation)
    {
        var reply = await GetAsync<SchemaReply>($"subjects/{Uri.EscapeDataString(subject)}/versions/latest", cancellation).ConfigureAwait(false);
        return reply is null ? null : await CompleteAsync(reply.Id, reply, cancellation).ConfigureAwait(false);
    }

    /// <summary>Registers an Avro schema under a subject and gives its id; the same schema again gives the same id.</summary>
    /// <exception cref="SchemaRefusedException">It is no schema, or not compatible with the subject's earlier ones.</exception>
    /// <exception cref="RegistryUnavailableException">The registry is away.</exception>
    public async Task<int> RegisterAsync(string subject, string schema, CancellationToken cancellation)
    {
        var path = $"subjects/{Uri.EscapeDataString(subject)}/versions";
        using var reply = await AskAsync(path, token => _http.PostAsJsonAsync(path, new { schema }, token), cancellation).ConfigureAwait(false);
        if (reply.IsSuccessStatusCode)
        {
            return (await ParseAsync<SchemaReply>(path, reply, cancellation).ConfigureAwait(false)).Id;
        }

        var error = await ParseAsync<ErrorReply>(path, reply, cancellation).ConfigureAwait(false);
        throw reply.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.UnprocessableEntity or HttpStatusCode.BadRequest
            ? new SchemaRefusedException($"The registry refused the schema for {subject}: {error.Message}")
            : Unexpected(path, reply);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<RegisteredSchema?> AskAsync(int id, CancellationToken cancellation)
    {
        try
        {
            var reply = await GetAsync<SchemaReply>($"schemas/ids/{id}", cancellation).ConfigureAwait(false);
            var schema = reply is null ? null : await CompleteAsync(id, reply, cancellation).ConfigureAwait(false);
            State.IsBack();
            return schema;
        }
        catch (RegistryUnavailableException away)
        {
            State.IsAway(away.Message);
            throw;
        }
    }

    private async Task<RegisteredSchema> CompleteAsync(int id, SchemaReply reply, CancellationToken cancellation)
    {
        var texts = new List<string>();
        await CollectAsync(reply.References, texts, new HashSet<(string, int)>(), cancellation).ConfigureAwait(false);
        return new RegisteredSchema(id, reply.Schema, reply.SchemaType ?? RegisteredSchema.Avro, texts);
    }

    // Depth first, so that a schema comes after those that it uses; each once.
    private async Task CollectAsync(IReadOnlyList<ReferenceReply>? references, List<string> texts, HashSet<(string, int)> seen, CancellationToken cancellation)
    {
        foreach (var reference in references ?? [])
        {
            if (!seen.Add((reference.Subject, reference.Version)) || seen.Count > MostReferences)
            {
                continue;
            }

            var path = $"subjects/{Uri.EscapeDataString(reference.Subject)}/versions/{reference.Version}";
            var reply = await GetAsync<SchemaReply>(path, cancellation).ConfigureAwait(false)
                ?? throw new RegistryUnavailableException($"The registry names the reference {path}, and does not have it.");
            await CollectAsync(reply.References, texts, seen, cancellation).ConfigureAwait(false);
            texts.Add(reply.Schema);
        }
    }

    private async Task<T?> GetAsync<T>(string path, CancellationToken cancellation)
        where T : class
    {
        using var reply = await AskAsync(path, token => _http.GetAsync(path, token), cancellation).ConfigureAwait(false);
        if (reply.IsSuccessStatusCode)
        {
            return await ParseAsync<T>(path, reply, cancellation).ConfigureAwait(false);
        }

        // Only the registry's own 404 says that there is none: a proxy's page of the same number has no code of the 404 family in it.
        if (reply.StatusCode == HttpStatusCode.NotFound)
        {
            var error = await ParseAsync<ErrorReply>(path, reply, cancellation).ConfigureAwait(false);
            if (error.ErrorCode is 404 or (>= 40400 and < 40500))
            {
                return null;
            }
        }

        throw Unexpected(path, reply);
    }

    private async Task<HttpResponseMessage> AskAsync(string path, Func<CancellationToken, Task<HttpResponseMessage>> send, CancellationToken cancellation)
    {
        try
        {
            return await send(cancellation).ConfigureAwait(false);
        }
        // A connection that is reset as soon as it is made comes out as the socket's own error.
        catch (Exception wrong) when (wrong is HttpRequestException or SocketException)
        {
            throw new RegistryUnavailableException($"The schema registry at {_http.BaseAddress} did not answer {path}: {wrong.Message}", wrong);
        }
        catch (OperationCanceledException wrong) when (!cancellation.IsCancellationRequested)
        {
            throw new RegistryUnavailableException($"The schema registry at {_http.BaseAddress} did not answer {path} within {_http.Timeout.TotalSeconds} s.", wrong);
        }
    }

    private async Task<T> ParseAsync<T>(string path, HttpResponseMessage reply, CancellationToken cancellation)
    {
        try
        {
            return await reply.Content.ReadFromJsonAsync<T>(RegistryJson.Options, cancellation).ConfigureAwait(false) ?? throw Unexpected(path, reply);
        }
        catch (Exception wrong) when (wrong is JsonException or NotSupportedException)
        {
            throw new RegistryUnavailableException(
                $"The schema registry at {_http.BaseAddress} answered {path} with {(int)reply.StatusCode} and no JSON of a registry; check that the address is one.", wrong);
        }
    }

    private RegistryUnavailableException Unexpected(string path, HttpResponseMessage reply) =>
        new($"The schema registry at {_http.BaseAddress} answered {path} with {(int)reply.StatusCode} {reply.ReasonPhrase}.");
}
