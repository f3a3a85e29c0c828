using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Analytics.Testing;

namespace Analytics.Local.Tests.ClickHouse;

public sealed class PortAccessTests
{
    [Fact]
    public async Task The_one_user_gets_in_by_header_by_basic_and_by_url_and_nobody_else_does()
    {
        await using var server = await ClickHouseServer.StartAsync("--user", "writer", "--password", "pass:word");
        using var port = new Port(server);

        Assert.Equal((HttpStatusCode.OK, null), await TryAsync(port, request => Keys(request, "writer", "pass:word")));
        Assert.Equal((HttpStatusCode.OK, null), await TryAsync(port, request => request.Headers.Authorization = Basic("writer:pass:word")));
        Assert.Equal((HttpStatusCode.OK, null), await TryAsync(port, request => request.RequestUri = new("/?user=writer&password=pass%3Aword", UriKind.Relative)));

        Assert.Equal((HttpStatusCode.Forbidden, "516"), await TryAsync(port, request => Keys(request, "writer", "wrong")));
        Assert.Equal((HttpStatusCode.Forbidden, "516"), await TryAsync(port, request => Keys(request, "stranger", "pass:word")));
        Assert.Equal((HttpStatusCode.Forbidden, "516"), await TryAsync(port, request => request.Headers.Authorization = Basic("writer:wrong")));
        Assert.Equal((HttpStatusCode.Forbidden, "516"), await TryAsync(port, request => request.Headers.Authorization = new("Bearer", "token")));
        Assert.Equal((HttpStatusCode.Forbidden, "516"), await TryAsync(port, _ => { }));
        Assert.Equal((HttpStatusCode.Unauthorized, "194"), await TryAsync(port, request => Keys(request, "writer", "")));
        Assert.Equal("Ok.\n", (await port.SendAsync(new(HttpMethod.Get, "/ping"))).Text);
    }

    private static async Task<(HttpStatusCode, string?)> TryAsync(Port port, Action<HttpRequestMessage> sign)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new StringContent("SELECT 1") };
        sign(request);
        var answer = await port.SendAsync(request);
        return (answer.Status, answer.Code);
    }

    private static void Keys(HttpRequestMessage request, string user, string key)
    {
        request.Headers.Add("X-ClickHouse-User", user);
        request.Headers.Add("X-ClickHouse-Key", key);
    }

    private static AuthenticationHeaderValue Basic(string credentials) => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
}
