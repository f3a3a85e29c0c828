using Analytics.Api.Access;
using Analytics.Api.Collecting;
using Analytics.Api.Endpoints;
using Analytics.Api.Exporting;
using Analytics.Api.Limiting;
using Analytics.Api.Live;
using Analytics.Api.Pages;
using Analytics.Api.Questions;
using Analytics.Api.Replies;
using Analytics.Hosting;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.ClickHouse.AdHoc;
using Analytics.Storage.ClickHouse.Behind;
using Analytics.Storage.ClickHouse.Questions;
using Analytics.Storage.ClickHouse.Sellers;
using Analytics.Storage.Kafka;
using Analytics.Storage.Postgres;
using Analytics.Storage.Redis;
using Analytics.Storage.Registry;
using Confluent.Kafka;
using Microsoft.AspNetCore.HttpOverrides;
using Npgsql;
using StackExchange.Redis;

namespace Analytics.Api;

/// <summary>Puts the API together: settings, stores, path of a request, endpoints.</summary>
internal static class ApiHost
{
    /// <summary>The application, not started yet.</summary>
    public static WebApplication Build(string[] args)
    {
        NativeLibraries.Resolve(typeof(ProducerConfig).Assembly);
        var builder = WebApplication.CreateBuilder(args);
        builder.AddHosting("api");
        var options = builder.Configuration.GetSection("Api").Get<ApiOptions>() ?? new();
        options.Validate();
        builder.WebHost.UseUrls(options.Url ?? builder.WebHost.GetSetting(WebHostDefaults.ServerUrlsKey) ?? "http://127.0.0.1:8080");
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.MaxBodyBytes;
        });
        AddServices(builder.Services, builder.Configuration, options);
        var app = builder.Build();
        AddHealth(app.Services);
        UsePath(app);
        MapEndpoints(app, builder.Configuration["Dashboard:ReadKey"] is { Length: > 0 } key ? key : null);
        return app;
    }

    private static void AddServices(IServiceCollection services, IConfiguration configuration, ApiOptions options)
    {
        AddStores(services, configuration);
        AddAnswers(services, configuration);
        AddLimits(services, configuration);
        services.AddSingleton(options);
        services.AddSingleton<ApiMetrics>();
        AddAccess(services, configuration);
        services.AddSingleton<EventCollector>();
        services.AddHostedService<CollectorStart>();
        services.AddSingleton<LiveCurrencies>();
        services.AddSingleton<RealtimeAnswer>();
        services.AddSingleton<LiveReplies>();
        services.AddSingleton<LiveStreams>();
        services.AddSingleton<LiveFeed>();
        services.AddHostedService(provider => provider.GetRequiredService<LiveFeed>());
        services.ConfigureHttpJsonOptions(json => ReplyJson.Apply(json.SerializerOptions));
        services.AddResponseCompression();
        services.AddCors(cors => cors.AddPolicy(EventsEndpoint.Cors, policy =>
            policy.WithOrigins(options.CorsOrigins.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                .WithMethods("POST").AllowAnyHeader().WithExposedHeaders("Retry-After")));
    }

    private static void AddAccess(IServiceCollection services, IConfiguration configuration)
    {
        var options = configuration.GetSection("Access").Get<AccessOptions>() ?? new();
        options.Validate();
        services.AddSingleton(options);
        services.AddSingleton<Users>();
        services.AddSingleton<AuditLog>();
        services.AddSingleton<KeyUses>();
        services.AddHostedService(provider => provider.GetRequiredService<KeyUses>());
        services.AddSingleton<KeyRing>();
        services.AddSingleton<TenantDirectory>();
        services.AddSingleton<SignIns>();
    }

    private static void AddLimits(IServiceCollection services, IConfiguration configuration)
    {
        var options = configuration.GetSection("Limits").Get<LimitOptions>() ?? new();
        options.Validate();
        services.AddSingleton(options);
        services.AddRateLimiter(limiter => RequestLimits.Apply(limiter, options));
        services.Configure<ForwardedHeadersOptions>(forwarded =>
        {
            forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            foreach (var network in options.ProxyNetworks())
            {
                forwarded.KnownIPNetworks.Add(network);
            }
        });
    }

    private static void AddAnswers(IServiceCollection services, IConfiguration configuration)
    {
        var options = configuration.GetSection("Answers").Get<AnswerOptions>() ?? new();
        options.Validate();
        services.AddSingleton(options);
        services.AddSingleton<QuestionQuota>();
        services.AddSingleton<AnswerCache>();
        services.AddSingleton<Completeness>();
        services.AddSingleton<Provenance>();
        services.AddSingleton<HistoryAnswer>();
        services.AddSingleton<TrafficAnswer>();
        services.AddSingleton<ProductsAnswer>();
        services.AddSingleton<ForecastAnswer>();
        services.AddSingleton<ListingsAnswer>();
        services.AddSingleton<CsvReports>();
        var exporting = configuration.GetSection("Exporting").Get<ExportingOptions>() ?? new();
        exporting.Validate();
        services.AddSingleton(exporting);
        services.AddSingleton<ReportFonts>();
        services.AddSingleton<SalesReports>();
        services.AddSingleton<QuestionDesk>();
        services.AddSingleton<TrendAnswer>();
        services.AddSingleton<SqlAnswer>();
        services.AddSingleton<EventListAnswer>();
        services.AddSingleton<FunnelAnswer>();
        services.AddSingleton<RetentionAnswer>();
        services.AddSingleton<ActivityAnswer>();
        services.AddSingleton<PathAnswer>();
        services.AddSingleton<ExperimentAnswer>();
        services.AddSingleton<SessionAnswer>();
        services.AddSingleton<BehindAnswer>();
        services.AddSingleton<QuestionKinds>();
    }

    private static void AddStores(IServiceCollection services, IConfiguration configuration)
    {
        var postgres = configuration["Postgres:Connection"]
            ?? throw new InvalidOperationException("Postgres__Connection is not set: expected an Npgsql connection string, such as Host=127.0.0.1;Port=5433;Database=analytics;Username=analytics.");
        services.AddSingleton(_ => NpgsqlDataSource.Create(postgres));
        services.AddSingleton<Tenants>();
        services.AddSingleton<ApiKeys>();
        services.AddSingleton<SavedItems>();
        services.AddSingleton<CurrencyRates>();
        services.AddSingleton(configuration.GetSection("ClickHouse").Get<ClickHouseOptions>() ?? new());
        services.AddSingleton<ClickHouseClient>();
        services.AddSingleton<HistoryQueries>();
        services.AddSingleton<RangeRecords>();
        services.AddSingleton<ProductQueries>();
        services.AddSingleton<TrafficQueries>();
        services.AddSingleton<StockQueries>();
        services.AddSingleton(configuration.GetSection("Questions").Get<QuestionOptions>() ?? new());
        services.AddSingleton<QuestionStore>();
        services.AddSingleton<RolledPeriods>();
        services.AddSingleton<TrendQueries>();
        services.AddSingleton<AdHocQueries>();
        services.AddSingleton<EventListQueries>();
        services.AddSingleton<FunnelQueries>();
        services.AddSingleton<RetentionQueries>();
        services.AddSingleton<ActivityQueries>();
        services.AddSingleton<PathQueries>();
        services.AddSingleton<ExperimentQueries>();
        services.AddSingleton<SessionQueries>();
        services.AddSingleton<FunnelUserQueries>();
        services.AddSingleton<UserListQueries>();
        services.AddSingleton<PathListQueries>();
        services.AddSingleton<SessionListQueries>();
        services.AddSingleton(configuration.GetSection("Kafka").Get<EventProducerOptions>() ?? new());
        services.AddSingleton<EventProducer>();
        services.AddSingleton(configuration.GetSection(SchemaRegistryOptions.Section).Get<SchemaRegistryOptions>() ?? new());
        services.AddSingleton<SchemaRegistryClient>();
        services.AddSingleton<EventSender>();
        services.AddSingleton<IConnectionMultiplexer>(_ => Connect(configuration["Redis:Connection"] ?? "127.0.0.1:6380"));
        services.AddSingleton<LiveCounts>();
        services.AddSingleton<LiveChanges>();
    }

    // The API starts without Redis, and is told when it comes.
    private static ConnectionMultiplexer Connect(string address)
    {
        var options = ConfigurationOptions.Parse(address);
        options.AbortOnConnectFail = false;
        options.ClientName = "analytics-api";
        return ConnectionMultiplexer.Connect(options);
    }

    // None of them makes the API unready: each is needed by some questions only, and the others are still answered.
    private static void AddHealth(IServiceProvider services)
    {
        var health = services.GetRequiredService<Health>();
        var (clickHouse, tenants, changes) =
            (services.GetRequiredService<ClickHouseClient>(), services.GetRequiredService<Tenants>(), services.GetRequiredService<LiveChanges>());
        health.Check("clickhouse", HealthState.Degraded, clickHouse.PingAsync);
        health.Check("postgres", HealthState.Degraded, tenants.PingAsync);
        health.Check("redis", HealthState.Degraded, _ => changes.PingAsync());
    }

    private static void UsePath(WebApplication app)
    {
        var limits = app.Services.GetRequiredService<LimitOptions>();
        if (limits.Proxies.Length > 0)
        {
            app.UseForwardedHeaders();
        }

        app.UseSecurityHeaders();
        app.UseResponseCompression();
        app.UseMiddleware<ProblemReplies>();
        app.UseRouting();
        app.UseCors();
        if (limits.Enabled)
        {
            app.UseRateLimiter();
        }

        app.UseDashboard();
    }

    private static void MapEndpoints(WebApplication app, string? readKey)
    {
        EventsEndpoint.Map(app);
        SegmentEndpoint.Map(app);
        RealtimeEndpoint.Map(app);
        HistoryEndpoint.Map(app);
        ProductsEndpoint.Map(app);
        TrafficEndpoint.Map(app);
        ForecastEndpoint.Map(app);
        ListingsEndpoint.Map(app);
        ExportEndpoint.Map(app);
        QueryEndpoint.Map(app);
        MetricsEndpoint.Map(app);
        SqlEndpoint.Map(app);
        EventListEndpoint.Map(app);
        FunnelEndpoint.Map(app);
        RetentionEndpoint.Map(app);
        ActivityEndpoints.Map(app);
        PathsEndpoint.Map(app);
        ExperimentEndpoint.Map(app);
        SessionsEndpoint.Map(app);
        BehindEndpoint.Map(app);
        TilesEndpoint.Map(app);
        LiveEndpoint.Map(app);
        TenantsEndpoint.Map(app);
        KeysEndpoint.Map(app);
        UsersEndpoint.Map(app);
        SessionEndpoint.Map(app);
        AuditEndpoint.Map(app);
        SavedEndpoint.Map(app);
        ConfigEndpoint.Map(app, readKey);
        OpenApiEndpoint.Map(app);
        app.MapHealth(app.Services.GetRequiredService<Health>());
    }
}
