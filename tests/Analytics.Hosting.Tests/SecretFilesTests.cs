using Microsoft.Extensions.Configuration;

namespace Analytics.Hosting.Tests;

public sealed class SecretFilesTests
{
    [Fact]
    public void A_setting_that_names_a_file_takes_the_text_of_the_file()
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, "Host=db;Password=s3cret\n");
        var settings = new ConfigurationBuilder().AddInMemoryCollection([new("Postgres:Connection:FILE", path)]).Build();

        var read = SecretFiles.Read(settings);

        File.Delete(path);
        Assert.Equal("Host=db;Password=s3cret", read["Postgres:Connection"]);
    }

    [Fact]
    public void A_file_that_is_not_there_is_told_at_start_by_the_name_of_the_setting()
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection([new("Postgres:Connection:FILE", "/nowhere/secret")]).Build();

        var error = Assert.Throws<InvalidOperationException>(() => SecretFiles.Read(settings));

        Assert.StartsWith("Postgres__Connection__FILE names a file that cannot be read", error.Message, StringComparison.Ordinal);
    }
}
