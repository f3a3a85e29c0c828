using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Analytics.Local.ClickHouse;

/// <summary>ClickHouse's HTTP interface over the engine as a library: one process, one data folder, loopback only.</summary>
/// <remarks>
/// Differs from a server: no sessions, no ClickHouse-compressed bodies (compress=1), one user, input() with its columns named, and system tables of
/// a server (query_log and the like) are not there. file() reads any path that this process may read. An INSERT that was answered 200 is in files and survives the death of the process, not
/// of the machine, as with a server's default settings.
/// </remarks>
internal static class ClickHousePort
{
    /// <summary>Serves until SIGTERM or Ctrl-C, then finishes what runs. Prints <c>ready clickhouse URL</c> when it serves. Returns the exit code.</summary>
    public static async Task<int> RunAsync(string[] arguments)
    {
        ClickHousePortOptions options;
        try
        {
            options = ClickHousePortOptions.Parse(arguments);
        }
        catch (ArgumentException error)
        {
            await Console.Error.WriteLineAsync(error.Message);
            return 2;
        }

        try
        {
            await ServeAsync(options);
            return 0;
        }
        catch (Exception error) when (error is IOException or InvalidOperationException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"clickhouse: {error.Message}");
            return 1;
        }
    }

    private static async Task ServeAsync(ClickHousePortOptions options)
    {
        // The engine's calls block a thread each; without this the pool would add them one by one.
        ThreadPool.SetMinThreads(options.Concurrency + 16, 16);
        var spool = Path.Combine(options.Data, "spool");
        using var engine = ChdbEngine.Start(options.Data);
        if (Directory.Exists(spool))
        {
            Directory.Delete(spool, recursive: true);
        }

        Directory.CreateDirectory(spool);
        using var logs = LoggerFactory.Create(logging => logging
            .AddSimpleConsole().SetMinimumLevel(LogLevel.Warning).AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace));
        using var runner = new StatementRunner(engine, options, Path.GetFullPath(spool), logs.CreateLogger<StatementRunner>());
        await ServeAsync(options, engine, runner, logs);

        // What its clients have given up may still run: the engine must not be closed under it.
        await runner.EndAsync();
    }

    private static async Task ServeAsync(ClickHousePortOptions options, ChdbEngine engine, StatementRunner runner, ILoggerFactory logs)
    {
        await using var app = Build(options, engine, runner, logs);
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Console.WriteLine($"ready clickhouse {address}");
        app.Lifetime.ApplicationStopping.Register(() => EndBy(options.StopWithin));
        await app.WaitForShutdownAsync();
    }

    // A thread and no timer: the pool's threads may all stand in the engine.
    private static void EndBy(int seconds) => new Thread(() =>
    {
        using var never = new ManualResetEventSlim();
        never.Wait(TimeSpan.FromSeconds(seconds));
        Console.Error.WriteLine(
            $"clickhouse: the engine did not end within {seconds} s of the signal, so the process ends without it. Everything that was acknowledged is on disk.");
        ChdbNative.ExitAtOnce(0);
    })
    {
        IsBackground = true,
    }.Start();

    private static WebApplication Build(ClickHousePortOptions options, ChdbEngine engine, StatementRunner runner, ILoggerFactory logs)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddSingleton(logs);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(8));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MaxRequestLineSize = 1 << 20;
            kestrel.Limits.MaxRequestBufferSize = 2 << 20;
            kestrel.Listen(IPAddress.Loopback, options.Port);
        });
        var app = builder.Build();
        var access = new PortAccess(options.User, options.Password);
        app.Run(context => AnswerAsync(context, engine, access, runner));
        return app;
    }

    private static Task AnswerAsync(HttpContext context, ChdbEngine engine, PortAccess access, StatementRunner runner)
    {
        var request = context.Request;
        var isPlain = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        if (isPlain && (request.Path == "/ping" || request.Path == "/replicas_status" || (request.Path == "/" && !request.Query.ContainsKey("query"))))
        {
            return context.Response.WriteAsync("Ok.\n");
        }

        if (request.Path == "/" && (isPlain || HttpMethods.IsPost(request.Method)))
        {
            return RunAsync(context, engine, access, runner);
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return context.Response.WriteAsync($"There is no handle {request.Path}\n\nUse / or /ping for health checks, / with GET or POST for statements.\n");
    }

    private static async Task RunAsync(HttpContext context, ChdbEngine engine, PortAccess access, StatementRunner runner)
    {
        await using var answer = new PortAnswer(context, engine);
        try
        {
            answer.Begin();
            access.Check(context.Request);
            await runner.RunAsync(PortRequest.Read(context), answer);
        }
        catch (EngineException error) when (!context.RequestAborted.IsCancellationRequested)
        {
            await answer.FailAsync(error);
        }
        catch (Exception error) when (
            context.RequestAborted.IsCancellationRequested && error is EngineException or OperationCanceledException or IOException or ConnectionAbortedException)
        {
            // The client is gone: there is nobody to answer.
            context.Abort();
        }
    }
}
