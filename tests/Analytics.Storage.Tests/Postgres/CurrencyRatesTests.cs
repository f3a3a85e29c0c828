using Analytics.Storage.Postgres;
using Analytics.Testing;
using Npgsql;

namespace Analytics.Storage.Tests.Postgres;

public sealed class CurrencyRatesTests : IAsyncLifetime
{
    private static readonly DateOnly Day = new(2026, 11, 3);
    private readonly SetTime _time = new();
    private NpgsqlDataSource _source = null!;

    public async Task InitializeAsync() => _source = await PostgresServer.NewMigratedAsync();

    public async Task DisposeAsync() => await _source.DisposeAsync();

    [Fact]
    public async Task An_import_adds_and_changes_and_says_how_many()
    {
        using var rates = new CurrencyRates(_source, _time);
        Assert.Equal(new RateImport(2, 0, 0), await rates.ImportAsync([new(Day, "USD", 1.1587m), new(Day, "JPY", 0.0000012345m)]));

        Assert.Equal(new RateImport(1, 1, 1), await rates.ImportAsync([new(Day, "USD", 1.1588m), new(Day, "JPY", 0.0000012345m), new(Day.AddDays(1), "USD", 1.2m)]));

        var table = await rates.TableAsync();
        Assert.Equal((1.1588m, 1.2m, 0.0000012345m), (table.On("USD", Day, 0), table.On("USD", Day.AddDays(1), 0), table.On("JPY", Day, 0)));
        Assert.Equal([new("JPY", Day, Day, 1, 0.0000012345m), new("USD", Day, Day.AddDays(1), 2, 1.2m)], await rates.SpansAsync());
    }

    [Fact]
    public async Task The_table_in_memory_is_read_again_after_an_import_of_another_process()
    {
        using var here = new CurrencyRates(_source, _time);
        using var there = new CurrencyRates(_source, _time);
        await there.ImportAsync([new(Day, "USD", 1.1m)]);
        var first = await here.TableAsync();
        _time.Now += TimeSpan.FromSeconds(6);
        Assert.Same(first, await here.TableAsync());

        await there.ImportAsync([new(Day, "USD", 1.2m)]);
        _time.Now += TimeSpan.FromSeconds(6);

        Assert.Equal(1.2m, (await here.TableAsync()).On("USD", Day, 0));
    }

    [Fact]
    public async Task While_the_database_is_away_the_table_in_memory_goes_on()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var source = NpgsqlDataSource.Create(await server.CreateDatabaseAsync());
        await PostgresMigrations.ApplyAsync(source);
        using var rates = new CurrencyRates(source, _time);
        await rates.ImportAsync([new(Day, "USD", 1.1m)]);
        await rates.TableAsync();
        await server.StopAsync();
        _time.Now += TimeSpan.FromMinutes(1);

        Assert.Equal(1.1m, (await rates.TableAsync()).On("USD", Day, 0));
        using var other = new CurrencyRates(source, _time);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => other.TableAsync());
    }

    private sealed class SetTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 11, 3, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
