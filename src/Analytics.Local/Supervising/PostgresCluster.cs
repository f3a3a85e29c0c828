using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Analytics.Local.Supervising;

/// <summary>The PostgreSQL cluster of one data folder: made once by <c>initdb</c>, then started as a part.</summary>
/// <remarks>
/// PostgreSQL refuses to run as root. Then it runs as the distribution's user <c>postgres</c>, and where that user cannot reach the data
/// folder (/root is closed to it) the cluster stands in <c>/var/lib/analytics-…</c>, with a link from the data folder to it. A cluster whose
/// link is gone belongs to a data folder that was removed: it is made anew.
/// </remarks>
internal sealed class PostgresCluster
{
    /// <summary>The superuser of the cluster.</summary>
    public const string UserName = "analytics";

    /// <summary>The one database.</summary>
    public const string Database = "analytics";

    private const string SystemUser = "postgres";
    private const string Debian = "/usr/lib/postgresql";
    private static readonly TimeSpan InitialiseLimit = TimeSpan.FromMinutes(2);
    private static readonly Dictionary<string, string?> Locale = new() { ["LC_ALL"] = "C" };

    private readonly StackSettings _settings;
    private readonly StackSecrets _secrets;
    private readonly string _folder;

    public PostgresCluster(StackSettings settings, StackSecrets secrets)
    {
        _settings = settings;
        _secrets = secrets;
        _folder = IsReachable(settings.DataFolder) ? Link : Path.Combine("/var/lib", "analytics-" + Hash(settings.DataFolder), "postgres");
    }

    /// <summary>For Npgsql.</summary>
    public string ConnectionString => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = _settings.Ports.Postgres.Number,
        Username = UserName,
        Password = _secrets.PostgresPassword,
        Database = Database,
    }.ConnectionString;

    private static string? RunAs => Environment.IsPrivilegedProcess ? SystemUser : null;

    private string Link => _settings.PathOf("postgres");

    /// <summary>The server. Its socket folder is off: only 127.0.0.1, with the password.</summary>
    public PartCommand Command() => new(
        "postgres",
        Program("postgres", InstalledVersion()),
        "-D", _folder,
        "-c", string.Create(CultureInfo.InvariantCulture, $"port={_settings.Ports.Postgres.Number}"),
        "-c", "listen_addresses=127.0.0.1",
        "-c", "unix_socket_directories=",
        "-c", "max_connections=200",
        "-c", "logging_collector=off")
    {
        User = RunAs,
        WorkingDirectory = "/",
        Environment = Locale,
        StopSignal = PartCommand.Interrupt,
        IsReadyLine = line => line.Contains("database system is ready to accept connections", StringComparison.Ordinal),
    };

    /// <summary>Makes the cluster if this data folder has none yet.</summary>
    /// <exception cref="StackException">PostgreSQL is not installed, or the folder cannot be made.</exception>
    public async Task InitialiseAsync(StackConsole console)
    {
        var isLinked = _folder == Link || new DirectoryInfo(Link).LinkTarget == _folder;
        if (isLinked && File.Exists(Path.Combine(_folder, "PG_VERSION")))
        {
            return;
        }

        console.Say($"making a PostgreSQL cluster in {_folder}");
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }

        var password = await MakeFolderAsync();
        try
        {
            await RunAsync(new PartCommand(
                "initdb", Program("initdb", null), "-D", _folder, "-U", UserName, "--auth", "scram-sha-256", "--pwfile", password, "-E", "UTF8", "--no-locale", "--no-sync")
            {
                User = RunAs,
                WorkingDirectory = "/",
                Environment = Locale,
            });
        }
        finally
        {
            File.Delete(password);
        }

        if (_folder != Link)
        {
            File.Delete(Link);
            Directory.CreateSymbolicLink(Link, _folder);
        }
    }

    /// <summary>Makes the database if it is not there. The server runs.</summary>
    public async Task MakeDatabaseAsync(CancellationToken cancel)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(ConnectionString) { Database = "postgres", Pooling = false });
        await using var exists = source.CreateCommand($"SELECT count(*) FROM pg_database WHERE datname = '{Database}'");
        if (await exists.ExecuteScalarAsync(cancel) is 0L)
        {
            await using var make = source.CreateCommand($"CREATE DATABASE {Database}");
            await make.ExecuteNonQueryAsync(cancel);
        }
    }

    /// <summary>Makes an empty folder and the password file beside it, both of the user that the server runs as.</summary>
    private async Task<string> MakeFolderAsync()
    {
        var password = _folder + ".password";
        Directory.CreateDirectory(Path.GetDirectoryName(_folder)!);
        PrivateFile.Write(password, _secrets.PostgresPassword + "\n");
        string[] owner = RunAs is { } user ? ["-o", user, "-g", user] : [];
        await RunAsync(new PartCommand("install", "install", ["-d", "-m", "700", .. owner, _folder]));
        if (RunAs is not null)
        {
            await RunAsync(new PartCommand("chown", "chown", RunAs, password));
        }

        return password;
    }

    private static async Task RunAsync(PartCommand command)
    {
        await using var process = await PartProcess.StartAsync(command);
        var code = await process.Exited.WaitAsync(InitialiseLimit);
        if (code != 0)
        {
            throw new StackException(process.Describe($"ended with exit code {code}"));
        }
    }

    /// <summary>The version that the cluster was made by: a newer server does not open it.</summary>
    private string? InstalledVersion()
    {
        var file = Path.Combine(_folder, "PG_VERSION");
        return File.Exists(file) ? File.ReadAllText(file).Trim() : null;
    }

    private static string Program(string name, string? version)
    {
        var versions = Directory.Exists(Debian) ? Directory.GetDirectories(Debian).Select(folder => Path.GetFileName(folder)!) : [];
        var found = versions
            .Where(each => (version is null || each == version) && File.Exists(Path.Combine(Debian, each, "bin", name)))
            .MaxBy(each => int.TryParse(each, CultureInfo.InvariantCulture, out var number) ? number : 0);
        return found is not null
            ? Path.Combine(Debian, found, "bin", name)
            : throw new StackException($"PostgreSQL{(version is null ? "" : " " + version)} is not installed: {Debian}/…/bin/{name} does not exist. Install it: apt-get install postgresql");
    }

    private static bool IsReachable(string folder)
    {
        if (RunAs is null)
        {
            return true;
        }

        for (var each = new DirectoryInfo(folder); each is not null; each = each.Parent)
        {
            if (each.Exists && !each.UnixFileMode.HasFlag(UnixFileMode.OtherExecute))
            {
                return false;
            }
        }

        return true;
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..12];
}
