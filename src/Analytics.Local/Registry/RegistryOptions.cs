namespace Analytics.Local.Registry;

/// <summary>What the schema registry is started with: <c>registry --port 8081 --postgres "Host=127.0.0.1;…"</c>.</summary>
internal sealed class RegistryOptions
{
    /// <summary>
    /// Bytes that a request may have: a schema of the greatest length that is parsed (1 MiB), every character of it escaped.
    /// </summary>
    public const int RequestBytes = 8 * 1024 * 1024;

    /// <summary>TCP port on 127.0.0.1. Default 8081, the port of Confluent's registry. 0 takes any free port and prints it.</summary>
    public int Port { get; init; } = 8081;

    /// <summary>
    /// Npgsql connection string of the database that keeps the schemas. No default: without it the process refuses to start.
    /// </summary>
    public string Postgres { get; init; } = "";

    /// <summary>Throws when a value is out of its bounds.</summary>
    /// <exception cref="ArgumentException">The message says what was expected and found.</exception>
    public RegistryOptions Validated() =>
        Port is < 0 or > 65535 ? throw new ArgumentException($"--port: expected 0 to 65535, found {Port}.")
        : Postgres.Length == 0 ? throw new ArgumentException("--postgres: expected an Npgsql connection string, found nothing.")
        : this;
}
