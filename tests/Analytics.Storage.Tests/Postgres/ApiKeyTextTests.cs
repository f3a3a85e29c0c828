using Analytics.Storage.Postgres;

namespace Analytics.Storage.Tests.Postgres;

public sealed class ApiKeyTextTests
{
    [Fact]
    public void A_new_key_names_its_kind_is_whole_and_is_like_no_other()
    {
        var (one, other) = (ApiKeyText.New(ApiKeyKind.Admin), ApiKeyText.New(ApiKeyKind.Admin));

        Assert.Matches("^ak_admin_[0-9a-f]{72}$", one);
        Assert.True(ApiKeyText.IsWhole(one));
        Assert.NotEqual(one, other);
    }

    [Fact]
    public void A_mistyped_key_is_not_whole()
    {
        var text = ApiKeyText.New(ApiKeyKind.Read);
        var mistyped = text[..20] + (text[20] == 'a' ? 'b' : 'a') + text[21..];

        Assert.False(ApiKeyText.IsWhole(mistyped));
    }

    [Fact]
    public void The_same_secret_makes_the_same_key() =>
        Assert.Equal(ApiKeyText.Of(ApiKeyKind.Read, new byte[32]), ApiKeyText.Of(ApiKeyKind.Read, new byte[32]));
}
