using System.Text.Json;
using Analytics.Cli.Keys;
using Analytics.Storage.Postgres;

namespace Analytics.Cli.Tests.Keys;

[Collection(DirectoryCollection.Name)]
public sealed class KeyVerbsTests : OwnDatabase
{
    private ApiKeys Keys => new(Source);

    [Fact]
    public async Task A_made_key_is_valid_printed_once_and_listed_without_its_text()
    {
        var (code, text) = await RunAsync("keys", "create", "--name", "shop", "--kind", "write", "--tenant", "1", "--tenant", "2");
        var (_, list) = await RunAsync("keys", "list", "--json");

        Assert.Equal(ExitCode.Ok, code);
        var found = (await Keys.FindAsync(text.Trim()))!;
        Assert.Equal([1, 2], found.TenantIds.Order());
        var listed = JsonDocument.Parse(list).RootElement[0];
        Assert.Equal((found.Id, "shop"), (listed.GetProperty("id").GetInt64(), listed.GetProperty("name").GetString()));
        Assert.DoesNotContain(text.Trim()[15..], list, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rotated_key_and_its_successor_are_both_valid()
    {
        var (old, oldText) = await Keys.CreateAsync("shop", ApiKeyKind.Read, [1]);

        var (_, text) = await RunAsync("keys", "rotate", $"{old.Id}", "--overlap-hours", "1");

        Assert.NotNull(await Keys.FindAsync(oldText));
        Assert.Equal("shop", (await Keys.FindAsync(text.Trim()))!.Name);
        Assert.Equal(ExitCode.Usage, (await RunAsync("keys", "rotate", $"{old.Id}")).Code);
    }

    [Fact]
    public async Task A_key_is_ended_only_by_one_who_says_yes()
    {
        var (key, text) = await Keys.CreateAsync("shop", ApiKeyKind.Read, [1]);

        Assert.Contains("would end", (await RunAsync("keys", "revoke", $"{key.Id}")).Output, StringComparison.Ordinal);
        Assert.NotNull(await Keys.FindAsync(text));
        Assert.Equal(ExitCode.Ok, (await RunAsync("keys", "revoke", $"{key.Id}", "--yes")).Code);
        Assert.Null(await Keys.FindAsync(text));
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
        Assert.Empty(await Keys.ListAsync());
    }

    private static Task<(int Code, string Output)> RunAsync(params string[] words) => RunAsync(words, KeyVerbs.Make());
}
