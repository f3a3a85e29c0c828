using Analytics.Cli.Rates;
using Analytics.Storage.Postgres;
using Analytics.Testing;
using Npgsql;

namespace Analytics.Cli.Tests.Rates;

[Collection(DirectoryCollection.Name)]
public sealed class RateVerbsTests : IAsyncLifetime
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), "rates-" + Guid.NewGuid().ToString("N") + ".csv");
    private NpgsqlDataSource _source = null!;

    public async Task InitializeAsync()
    {
        var connection = await PostgresServer.NewDatabaseAsync();
        Environment.SetEnvironmentVariable("Postgres__Connection", connection);
        _source = NpgsqlDataSource.Create(connection);
        await PostgresMigrations.ApplyAsync(_source);
    }

    public async Task DisposeAsync()
    {
        Environment.SetEnvironmentVariable("Postgres__Connection", null);
        await _source.DisposeAsync();
        File.Delete(_file);
    }

    [Fact]
    public async Task An_import_says_what_it_did_and_the_list_what_there_is()
    {
        Assert.Contains("there is no rate yet", (await RunAsync("rates", "list")).Output, StringComparison.Ordinal);
        await WriteAsync("day,currency,rate\n2026-11-03,USD,1.1587\n2026-11-03,JPY,177.25\n");
        Assert.Contains("imported 2 rates of JPY, USD from 2026-11-03 to 2026-11-03: 2 new, 0 changed, 0 as before", (await RunAsync("rates", "import", _file)).Output, StringComparison.Ordinal);
        await WriteAsync("2026-11-03,USD,1.1587\n2026-11-03,JPY,178\n2026-11-04,USD,1.16\n");

        Assert.Contains("1 new, 1 changed, 1 as before", (await RunAsync("rates", "import", _file)).Output, StringComparison.Ordinal);
        var (code, list) = await RunAsync("rates", "list");

        Assert.Equal(ExitCode.Ok, code);
        Assert.Contains("JPY  2026-11-03  2026-11-03        1 days  last 178 for 1 EUR", list, StringComparison.Ordinal);
        Assert.Contains("USD  2026-11-03  2026-11-04        2 days  last 1.16 for 1 EUR", list, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_file_with_a_fault_nothing_is_imported()
    {
        await WriteAsync("2026-11-03,USD,1.1587\n2026-11-03,JPY,n/a\n");

        var (code, output) = await RunAsync("rates", "import", _file);

        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains("was not imported, nothing of it:", output, StringComparison.Ordinal);
        Assert.Contains("line 2: Expected the units of the currency for 1 EUR", output, StringComparison.Ordinal);
        using var rates = new CurrencyRates(_source, TimeProvider.System);
        Assert.Null((await rates.TableAsync()).On("USD", new(2026, 11, 3), 7));
    }

    [Fact]
    public async Task A_file_that_is_not_there_ends_with_2() => Assert.Equal(ExitCode.Usage, (await RunAsync("rates", "import", _file)).Code);

    private Task WriteAsync(string text) => File.WriteAllTextAsync(_file, text);

    private static async Task<(int Code, string Output)> RunAsync(params string[] words)
    {
        var (output, before, errors) = (new StringWriter(), Console.Out, Console.Error);
        Console.SetOut(output);
        Console.SetError(output);
        try
        {
            return (await Verbs.RunAsync(words, RateVerbs.Make()), output.ToString());
        }
        finally
        {
            Console.SetOut(before);
            Console.SetError(errors);
        }
    }
}
