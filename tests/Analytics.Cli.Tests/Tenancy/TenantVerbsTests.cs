using Analytics.Cli.Queries;
using Analytics.Cli.Tenancy;
using Analytics.Storage.Postgres;

namespace Analytics.Cli.Tests.Tenancy;

[Collection(DirectoryCollection.Name)]
public sealed class TenantVerbsTests : OwnDatabase
{
    [Fact]
    public async Task A_tenant_is_added_with_a_name_and_changed_where_something_is_given()
    {
        Assert.Equal(ExitCode.Ok, (await RunAsync("tenants", "set", "12", "--name", "Lamps", "--zone", "Europe/Berlin", "--currency", "EUR")).Code);
        Assert.Contains("changed", (await RunAsync("tenants", "set", "12", "--external-id", "lamps-de")).Output, StringComparison.Ordinal);

        Assert.Equal(new Tenant(12, "lamps-de", "Lamps", "Europe/Berlin", "EUR"), Assert.Single(await new Tenants(Source).PageAsync(0, 10)));
        Assert.Contains("Europe/Berlin         EUR  lamps-de          Lamps", (await RunAsync("tenants", "list")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tenants", "set", "12")]
    [InlineData("tenants", "set", "0", "--name", "x")]
    [InlineData("tenants", "set", "12", "--name", "x", "--zone", "Berlin")]
    [InlineData("tenants", "set", "12", "--name", "x", "--currency", "euro")]
    [InlineData("query", "SELECT count() FROM events", "--tenant", "12")]
    [InlineData("query", "SELECT count() FROM events", "--tenant", "12", "--zone", "Berlin", "--currency", "EUR")]
    [InlineData("query", "SELECT count() FROM events", "--tenant", "12", "--zone", "UTC", "--currency", "EUR", "--clickhouse", "nowhere")]
    public async Task Wrong_words_end_with_2_and_add_nothing(params string[] words)
    {
        Assert.Equal(ExitCode.Usage, (await RunAsync(words)).Code);
        Assert.Empty(await new Tenants(Source).PageAsync(0, 10));
    }

    [Fact]
    public async Task Two_tenants_do_not_share_an_external_id()
    {
        await RunAsync("tenants", "set", "1", "--name", "One", "--external-id", "shop");

        Assert.Equal(ExitCode.Usage, (await RunAsync("tenants", "set", "2", "--name", "Two", "--external-id", "shop")).Code);
    }

    private static Task<(int Code, string Output)> RunAsync(params string[] words) => RunAsync(words, TenantVerbs.Make(), QueryVerbs.Make());
}
