using System.Text.Json;
using Analytics.Testing;

namespace Analytics.Local.Tests.ClickHouse;

/// <summary>The official JavaScript client, unchanged, against the port.</summary>
public sealed class OfficialClientTests
{
    [Fact]
    public async Task The_official_client_finds_a_clickhouse()
    {
        await using var server = await ClickHouseServer.StartAsync("--password", "secret");
        using var seen = JsonDocument.Parse(await NodeScript.RunAsync("clickhouse-client.mjs", server.Url.ToString(), "secret"));
        var root = seen.RootElement;

        Assert.True(root.GetProperty("ping").GetBoolean());
        Assert.True(root.GetProperty("pingSelect").GetBoolean());
        Assert.Equal("100000", root.GetProperty("inserted").GetString());
        Assert.True(root.GetProperty("insertQueryId").GetBoolean());
        Assert.Equal(100_001, root.GetProperty("streamed").GetInt32());
        Assert.True(root.GetProperty("inOrder").GetBoolean());
        Assert.Equal(100, root.GetProperty("parameters")[0].GetProperty("n").GetInt32());
        Assert.Equal("""[{"text":"a'b\\c\td\ne","list":["x'y","z\\"],"none":null}]""", root.GetProperty("hardParameters").GetRawText());
        Assert.Equal("quote' tab\t slash\\ line\n", root.GetProperty("stored").GetString());
        Assert.Equal("my-query-id", root.GetProperty("queryId").GetString());
        AssertError(root, "syntax", "62", "SYNTAX_ERROR");
        AssertError(root, "table", "60", "UNKNOWN_TABLE");
        AssertError(root, "insertError", "27", "CANNOT_PARSE_INPUT_ASSERTION_FAILED");
        AssertError(root, "setting", "115", "UNKNOWN_SETTING");
        AssertError(root, "auth", "516", "AUTHENTICATION_FAILED");
        Assert.Equal("""[{"name":"packed"}]""", root.GetProperty("compressed").GetRawText());
        Assert.Equal("The user aborted a request.", root.GetProperty("aborted").GetString());
        Assert.Equal(0, root.GetProperty("runningAfterAbort").GetInt32());
    }

    private static void AssertError(JsonElement root, string step, string code, string type)
    {
        var error = root.GetProperty(step);
        Assert.Equal((code, type), (error.GetProperty("code").GetString(), error.GetProperty("type").GetString()));
    }
}
