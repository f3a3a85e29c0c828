using System.Net;
using Analytics.Storage.Postgres;
using Npgsql;

namespace Analytics.Local.Registry;

/// <summary>The process <c>registry</c>: a schema registry with the REST interface of Confluent's, for Avro, kept in PostgreSQL.</summary>
internal static class RegistryVerb
{
    /// <summary>Runs until a signal. Gives the exit code: 0, or 1 when it cannot start (the reason stands on standard error).</summary>
    public static async Task<int> RunAsync(string[] arguments)
    {
        try
        {
            await ServeAsync(Read(arguments));
            return 0;
        }
        catch (Exception fault) when (fault is InvalidOperationException or ArgumentException or IOException or NpgsqlException)
        {
            await Console.Error.WriteLineAsync($"The schema registry cannot start: {fault.Message}");
            return 1;
        }
    }

    private static async Task ServeAsync(RegistryOptions options)
    {
        await using var source = NpgsqlDataSource.Create(options.Postgres);
        await PostgresMigrations.ApplyAsync(source);
        await using var app = Build(options, source);
        await app.StartAsync();
        Console.WriteLine($"ready registry {app.Urls.Single()}");
        await app.WaitForShutdownAsync();
    }

    private static WebApplication Build(RegistryOptions options, NpgsqlDataSource source)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole().SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddRoutingCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, options.Port);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = RegistryOptions.RequestBytes;
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        var app = builder.Build();
        var database = new RegistryDatabase(source);
        app.UseRefusals();
        app.UseRouting();
        var routes = new RegistryRoutes(app);
        routes.Get("/", _ => Task.FromResult(new object()));
        routes.MapSubjects(new Subjects(database), database);
        routes.MapSchemas(database);
        routes.MapRules(new RegistryRules(database));
        return app;
    }

    private static RegistryOptions Read(string[] arguments)
    {
        var settings = new ConfigurationBuilder().AddEnvironmentVariables("Registry__").AddCommandLine(arguments).Build();
        return (settings.Get<RegistryOptions>() ?? new RegistryOptions()).Validated();
    }
}
