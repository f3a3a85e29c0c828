using System.Text.Json;
using Analytics.Cli.Keys;
using Analytics.Storage.Postgres;
using Analytics.Testing;
using Npgsql;

namespace Analytics.Cli.Tests.Keys;

[Collection(DirectoryCollection.Name)]
public sealed class KeyVerbsTests : IAsyncLifetime
{
    private NpgsqlDataSource _source = null!;
    private ApiKeys _keys = null!;

    public async Task InitializeAsync()
    {
        var connection = await PostgresServer.NewDatabaseAsync();
        Environment.SetEnvironmentVariable("Postgres__Connection", connection);
        _source = NpgsqlDataSource.Create(connection);
        await PostgresMigrations.ApplyAsync(_source);
        _keys = new(_source);
    }

    [Fact]
    public async Task A_made_key_is_valid_printed_once_and_listed_without_its_text()
    {
        var (code, text) = await RunAsync("keys", "create", "--name", "shop", "--kind", "write", "--tenant", "1", "--tenant", "2");
        var (_, list) = await RunAsync("keys", "list", "--json");

        Assert.Equal(ExitCode.Ok, code);
        var found = (await _keys.FindAsync(text.Trim()))!;
        Assert.Equal([1, 2], found.TenantIds.Order());
        var listed = JsonDocument.Parse(list).RootElement[0];
        Assert.Equal((found.Id, "shop"), (listed.GetProperty("id").GetInt64(), listed.GetProperty("name").GetString()));
        Assert.DoesNotContain(text.Trim()[15..], list, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rotated_key_and_its_successor_are_both_valid()
    {
        var (old, oldText) = await _keys.CreateAsync("shop", ApiKeyKind.Read, [1]);

        var (_, text) = await RunAsync("keys", "rotate", $"{old.Id}", "--overlap-hours", "1");

        Assert.NotNull(await _keys.FindAsync(oldText));
        Assert.Equal("shop", (await _keys.FindAsync(text.Trim()))!.Name);
        Assert.Equal(ExitCode.Usage, (await RunAsync("keys", "rotate", $"{old.Id}")).Code);
    }

    [Fact]
    public async Task A_key_is_ended_only_by_one_who_says_yes()
    {
        var (key, text) = await _keys.CreateAsync("shop", ApiKeyKind.Read, [1]);

        Assert.Contains("would end", (await RunAsync("keys", "revoke", $"{key.Id}")).Output, StringComparison.Ordinal);
        Assert.NotNull(await _keys.FindAsync(text));
        Assert.Equal(ExitCode.Ok, (await RunAsync("keys", "revoke", $"{key.Id}", "--yes")).Code);
        Assert.Null(await _keys.FindAsync(text));
    }

    [Theory]
    [InlineData("keys", "create", "--name", "x", "--kind", "read")]
    [InlineData("keys", "create", "--name", "x", "--kind", "admin", "--tenant", "1")]
    [InlineData("keys", "create", "--name", "x", "--kind", "write", "--tenant", "1", "--right", "read")]
    [InlineData("keys", "create", "--name", "x", "--kind", "session", "--tenant", "1")]
    [InlineData("keys", "revoke", "123456", "--yes")]
    public async Task Wrong_words_end_with_2_and_make_nothing(params string[] words)
    {
        Assert.Equal(ExitCode.Usage, (await RunAsync(words)).Code);
        Assert.Empty(await _keys.ListAsync());
    }

    public async Task DisposeAsync()
    {
        Environment.SetEnvironmentVariable("Postgres__Connection", null);
        await _source.DisposeAsync();
    }

    private static async Task<(int Code, string Output)> RunAsync(params string[] words)
    {
        var (before, output) = (Console.Out, new StringWriter());
        Console.SetOut(output);
        try
        {
            return (await Verbs.RunAsync(words, KeyVerbs.Make()), output.ToString());
        }
        finally
        {
            Console.SetOut(before);
        }
    }
}
