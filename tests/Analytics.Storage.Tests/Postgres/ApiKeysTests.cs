using Analytics.Storage.Postgres;
using Analytics.Testing;
using Npgsql;

namespace Analytics.Storage.Tests.Postgres;

public sealed class ApiKeysTests : IAsyncLifetime
{
    private NpgsqlDataSource _source = null!;
    private ApiKeys _keys = null!;

    public async Task InitializeAsync()
    {
        _source = await PostgresServer.NewMigratedAsync();
        _keys = new(_source);
    }

    [Fact]
    public async Task A_made_key_is_found_by_its_text_with_its_rights()
    {
        var (made, text) = await _keys.CreateAsync("shop", ApiKeyKind.Read, [1, 3]);

        var found = (await _keys.FindAsync(text))!;

        Assert.Equal((made.Id, "shop", ApiKeyKind.Read), (found.Id, found.Name, found.Kind));
        Assert.Equal((true, false, true, false), (found.MayRead(1), found.MayRead(2), found.MayRead(3), found.MayWrite(1)));
    }

    [Fact]
    public async Task The_database_does_not_hold_the_text()
    {
        var (key, text) = await _keys.CreateAsync("shop", ApiKeyKind.Write, [1]);
        await using var command = _source.CreateCommand("SELECT row_to_json(api_keys)::text FROM api_keys");

        var row = (string)(await command.ExecuteScalarAsync())!;

        Assert.DoesNotContain(text[15..], row, StringComparison.Ordinal);
        Assert.Equal(text[..14], key.Prefix);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ak_read_0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("'; DROP TABLE api_keys; --")]
    public async Task A_text_that_is_no_key_finds_nothing(string text) => Assert.Null(await _keys.FindAsync(text));

    [Fact]
    public async Task A_revoked_key_is_not_found()
    {
        var (key, text) = await _keys.CreateAsync("shop", ApiKeyKind.Read, [1]);

        Assert.True(await _keys.RevokeAsync(key.Id));

        Assert.Null(await _keys.FindAsync(text));
        Assert.Empty(await _keys.ListAsync());
        Assert.False(await _keys.RevokeAsync(key.Id));
    }

    [Fact]
    public async Task A_given_text_can_be_put_in_twice_and_takes_the_later_rights()
    {
        const string Text = "ak_read_demo-0123456789abcdef";
        await _keys.UpsertAsync(Text, "demo", ApiKeyKind.Read, [1]);
        await _keys.UpsertAsync(Text, "demo", ApiKeyKind.Read, [1, 2]);

        Assert.Equal([1, 2], (await _keys.FindAsync(Text))!.TenantIds.Order());
        Assert.Single(await _keys.ListAsync());
    }

    [Theory]
    [InlineData("ak_write_0123456789abcdef0123")]
    [InlineData("ak_read_short")]
    public async Task A_given_text_of_another_kind_or_too_short_is_refused(string text) =>
        await Assert.ThrowsAsync<ArgumentException>(() => _keys.UpsertAsync(text, "demo", ApiKeyKind.Read, [1]));

    [Fact]
    public async Task The_last_use_is_noted_and_never_goes_back()
    {
        var (key, _) = await _keys.CreateAsync("shop", ApiKeyKind.Read, [1]);
        var at = new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

        await _keys.NoteUsesAsync(new Dictionary<long, DateTimeOffset> { [key.Id] = at, [123_456] = at });
        await _keys.NoteUsesAsync(new Dictionary<long, DateTimeOffset> { [key.Id] = at.AddHours(-1) });

        Assert.Equal(at, (await _keys.FindAsync(key.Id))!.LastUsedAt);
    }

    [Fact]
    public async Task A_rotated_key_ends_after_the_overlap_and_its_successor_has_its_rights_and_its_length_of_life()
    {
        var (old, oldText) = await _keys.CreateAsync("shop", ApiKeyKind.Read, [1, 2], Rights.Read | Rights.Edit, TimeProvider.System.GetUtcNow().AddDays(10));

        var (made, text, endsAt) = (await _keys.RotateAsync(old.Id, TimeSpan.FromHours(3)))!.Value;

        Assert.NotNull(await _keys.FindAsync(oldText));
        Assert.Equal((3.0, endsAt), (Math.Round((endsAt - made.CreatedAt).TotalHours, 2), (await _keys.FindAsync(old.Id))!.Key.ExpiresAt));
        var found = (await _keys.FindAsync(text))!;
        Assert.Equal((Rights.Read | Rights.Edit, true, true), (found.Rights, found.MayRead(2), found.May(Rights.Edit, 1)));
        Assert.Equal(10, (found.ExpiresAt!.Value - made.CreatedAt).TotalDays, 0.01);
        Assert.Null(await _keys.RotateAsync(old.Id, TimeSpan.Zero));
    }

    [Fact]
    public async Task A_key_rotated_without_overlap_ends_at_once()
    {
        var (old, oldText) = await _keys.CreateAsync("shop", ApiKeyKind.Read, [1]);

        await _keys.RotateAsync(old.Id, TimeSpan.Zero);

        Assert.Null(await _keys.FindAsync(oldText));
    }

    [Fact]
    public async Task An_admin_key_may_do_everything_and_a_key_without_tenants_nothing()
    {
        var (admin, _) = await _keys.CreateAsync("ops", ApiKeyKind.Admin, []);
        var (none, _) = await _keys.CreateAsync("none", ApiKeyKind.Read, []);

        Assert.Equal((true, true, false), (admin.MayRead(7), admin.MayWrite(7), none.MayRead(7)));
    }

    public async Task DisposeAsync() => await _source.DisposeAsync();
}
