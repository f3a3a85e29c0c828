using System.Globalization;

namespace Analytics.Local.ClickHouse;

/// <summary>Settings of the verb <c>clickhouse</c>.</summary>
internal sealed class ClickHousePortOptions
{
    /// <summary>TCP port on 127.0.0.1. Default 8123, ClickHouse's own. 0 takes a free one; a taken one ends the process.</summary>
    public int Port { get; init; } = 8123;

    /// <summary>Folder of the data, made when it is not there. One process may have it at a time.</summary>
    public string Data { get; init; } = Path.Combine(".local", "clickhouse");

    /// <summary>The one user. Default <c>default</c>, as in a new ClickHouse server.</summary>
    public string User { get; init; } = "default";

    /// <summary>The user's password. Default empty: none is asked for, and the port listens on loopback only.</summary>
    public string Password { get; init; } = "";

    /// <summary>
    /// Statements that run at once. Default 32: they share the machine's cores, and each may hold some MB of blocks. More wait for their turn.
    /// </summary>
    public int Concurrency { get; init; } = 32;

    /// <summary>Statements that may wait for their turn. Default 1,024; beyond it the answer is 503 with code 202 (TOO_MANY_SIMULTANEOUS_QUERIES).</summary>
    public int Waiting { get; init; } = 1024;

    /// <summary>
    /// Bytes of the text of one statement. Default 16 MiB (ClickHouse's max_query_size is 256 KiB without an INSERT's data; long IN lists need more);
    /// beyond it the answer is 400. Data of an INSERT has no limit.
    /// </summary>
    public int StatementSize { get; init; } = 16 << 20;

    /// <summary>
    /// Seconds from the signal to the end of the process. Default 30: statements get 8 of them, and the engine ends its own work in less than one. Beyond it the process
    /// ends without the engine (a statement that waits inside the system can be stopped by nobody); what was acknowledged is on disk then, too.
    /// </summary>
    public int StopWithin { get; init; } = 30;

    /// <summary>Reads <c>--name value</c> pairs.</summary>
    /// <exception cref="ArgumentException">A name is unknown, or its value is missing or not a number.</exception>
    public static ClickHousePortOptions Parse(ReadOnlySpan<string> arguments)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var index = 0; index < arguments.Length; index += 2)
        {
            if (arguments[index] is not ("--port" or "--data" or "--user" or "--password" or "--concurrency" or "--stop-within") || index + 1 == arguments.Length)
            {
                throw new ArgumentException(
                    $"clickhouse: expected --port N --data FOLDER [--user NAME --password TEXT --concurrency N --stop-within SECONDS], each with a value, found '{arguments[index]}'");
            }

            values[arguments[index]] = arguments[index + 1];
        }

        var defaults = new ClickHousePortOptions();
        return new()
        {
            Port = Number(values, "--port", defaults.Port, 0, 65535),
            Data = values.GetValueOrDefault("--data", defaults.Data),
            User = values.GetValueOrDefault("--user", defaults.User),
            Password = values.GetValueOrDefault("--password", defaults.Password),
            Concurrency = Number(values, "--concurrency", defaults.Concurrency, 1, 1024),
            StopWithin = Number(values, "--stop-within", defaults.StopWithin, 1, 3600),
        };
    }

    private static int Number(Dictionary<string, string> values, string name, int byDefault, int least, int most)
    {
        if (!values.TryGetValue(name, out var text))
        {
            return byDefault;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new ArgumentException($"clickhouse: {name} is a number from {least} to {most}, found '{text}'");
    }
}
