namespace Analytics.Storage.ClickHouse;

/// <summary>Where ClickHouse is and how long to wait for it. Configuration section <c>ClickHouse</c>.</summary>
public sealed class ClickHouseOptions
{
    /// <summary>The HTTP interface. Default http://127.0.0.1:8123, ClickHouse's own port; the one-machine stack listens there too.</summary>
    public Uri Url { get; set; } = new("http://127.0.0.1:8123");

    /// <summary>Database of all tables. Default <c>analytics</c>; made by the migrations.</summary>
    public string Database { get; set; } = "analytics";

    /// <summary>User. Default <c>default</c>, as in a new ClickHouse server.</summary>
    public string User { get; set; } = "default";

    /// <summary>Password of the user. Default empty, as in a new ClickHouse server.</summary>
    public string Password { get; set; } = "";

    /// <summary>
    /// How long a statement may take, in seconds. Default 60: an insert that touches 1,200 day partitions takes a few seconds, a query far less.
    /// Beyond it the statement is given up as <see cref="ClickHouseUnavailableException"/>; whether it was carried out is then unknown.
    /// </summary>
    public int TimeoutSeconds { get; set; } = 60;

    /// <summary>How long making a connection may take, in seconds. Default 5: on a network that works it takes milliseconds.</summary>
    public int ConnectTimeoutSeconds { get; set; } = 5;

    /// <summary>
    /// Connections open at once to the server. Default 32: a server runs 100 statements at once by default and several processes share it.
    /// Beyond it statements wait for a free one, and their time limit runs.
    /// </summary>
    public int Connections { get; set; } = 32;
}
