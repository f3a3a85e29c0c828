using Analytics.Storage.ClickHouse;

namespace Analytics.Jobs;

/// <summary>The stores that jobs read.</summary>
internal static class Stores
{
    /// <summary>Registers them.</summary>
    public static TBuilder AddStores<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        var clickHouse = builder.Configuration.GetSection("ClickHouse").Get<ClickHouseOptions>() ?? new();
        builder.Services.AddSingleton(services => new ClickHouseClient(clickHouse, services.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<Ledger>();
        builder.Services.AddSingleton<JobsMetrics>();
        return builder;
    }
}
