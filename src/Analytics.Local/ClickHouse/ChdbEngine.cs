using System.Text;

namespace Analytics.Local.ClickHouse;

/// <summary>The ClickHouse engine inside this process, over one data folder. One per process, started once.</summary>
internal sealed unsafe class ChdbEngine : IDisposable
{
    private readonly string[] _arguments;
    private readonly ChdbConnection _first;

    private ChdbEngine(string[] arguments)
    {
        _arguments = arguments;
        _first = Open();
        Version = Ask("SELECT version()");
        TimeZone = Ask("SELECT timezone()");
    }

    /// <summary>The engine's version, for example 26.7.2.1.</summary>
    public string Version { get; }

    /// <summary>The engine's time zone.</summary>
    public string TimeZone { get; }

    /// <summary>Starts the engine over a folder, which is made when it is not there.</summary>
    /// <exception cref="InvalidOperationException">The folder cannot be used, for example because another process has it.</exception>
    public static ChdbEngine Start(string folder)
    {
        Directory.CreateDirectory(folder);
        ChdbNative.SetSignalHandlersEnabled(0);

        // chDB maps the files that file() reads, so that a large one would stand in the process's memory; pread is a server's default.
        return new(["chdb", "--path=" + Path.GetFullPath(folder), "--storage_file_read_method=pread"]);
    }

    /// <summary>Opens a session.</summary>
    /// <exception cref="InvalidOperationException">The engine does not take the folder.</exception>
    public ChdbConnection Open()
    {
        var connection = ChdbNative.Connect(_arguments.Length, _arguments);
        return connection != null && *connection != 0
            ? new(connection)
            : throw new InvalidOperationException($"The ClickHouse engine does not open {_arguments[1]}: is another process using it, or is it not writable?");
    }

    /// <summary>Closes the last session: the engine ends its background work and its files are whole.</summary>
    public void Dispose() => _first.Dispose();

    private string Ask(string sql)
    {
        using var result = _first.Run(Encoding.UTF8.GetBytes(sql));
        return Encoding.UTF8.GetString(result.Bytes).Trim();
    }
}
