using Analytics.Storage.Postgres;

namespace Analytics.Storage.Tests.Postgres;

public sealed class PasswordHashTests
{
    [Fact]
    public void A_password_fits_its_hash_and_no_other_does()
    {
        var hash = PasswordHash.Of("seven lamps in a row");

        Assert.True(PasswordHash.IsOf("seven lamps in a row", hash));
        Assert.False(PasswordHash.IsOf("seven lamps in a roW", hash));
        Assert.NotEqual(hash, PasswordHash.Of("seven lamps in a row"));
        Assert.StartsWith("pbkdf2-sha256$600000$", hash, StringComparison.Ordinal);
    }

    // PBKDF2-HMAC-SHA-256 of "password", salt "salt", 1 and 4096 rounds: a published vector.
    [Theory]
    [InlineData("pbkdf2-sha256$1$c2FsdA==$Eg+2z/z4syxD5yJSVsT4N6hlSMkszDVICAWYfLcL4Xs=")]
    [InlineData("pbkdf2-sha256$4096$c2FsdA==$xeR41ZKIyEGqUw22hFxMjZYok6ABzk4RpJY4c6qYE0o=")]
    public void The_hash_is_the_standard_one(string hash) => Assert.True(PasswordHash.IsOf("password", hash));

    [Theory]
    [InlineData("")]
    [InlineData("bcrypt$1$2$3")]
    public void A_hash_of_another_kind_is_refused(string hash) => Assert.Throws<FormatException>(() => PasswordHash.IsOf("password", hash));
}
