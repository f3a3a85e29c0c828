using System.Net;
using System.Text;
using Analytics.Testing;

namespace Analytics.Local.Tests.ClickHouse;

/// <summary>Sends plain HTTP requests to a port, so that a test sees what any client would.</summary>
internal sealed class Port(ClickHouseServer server) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None })
    {
        BaseAddress = server.Url,
        Timeout = TimeSpan.FromMinutes(2),
    };

    public HttpClient Http => _http;

    public static string Url(string? query = null, params (string Name, string Value)[] parameters)
    {
        var all = query is null ? parameters : [("query", query), .. parameters];
        return "/?" + string.Join('&', all.Select(one => $"{Uri.EscapeDataString(one.Name)}={Uri.EscapeDataString(one.Value)}"));
    }

    public Task<Answer> PostAsync(string body, params (string Name, string Value)[] parameters) =>
        SendAsync(new(HttpMethod.Post, Url(null, parameters)) { Content = new StringContent(body) });

    public Task<Answer> InsertAsync(string query, byte[] data, params (string Name, string Value)[] parameters) =>
        SendAsync(new(HttpMethod.Post, Url(query, parameters)) { Content = new ByteArrayContent(data) });

    public Task<Answer> InsertAsync(string query, string data, params (string Name, string Value)[] parameters) =>
        InsertAsync(query, Encoding.UTF8.GetBytes(data), parameters);

    public Task<Answer> GetAsync(string query, params (string Name, string Value)[] parameters) => SendAsync(new(HttpMethod.Get, Url(query, parameters)));

    public async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using (request)
        using (var response = await _http.SendAsync(request))
        {
            var headers = response.Headers.Concat(response.Content.Headers)
                .ToDictionary(header => header.Key, header => string.Join(',', header.Value), StringComparer.OrdinalIgnoreCase);
            return new(response.StatusCode, await response.Content.ReadAsByteArrayAsync(), headers);
        }
    }

    /// <summary>Runs a statement that has to succeed and gives its text without the last line end.</summary>
    public async Task<string> AskAsync(string sql, params (string Name, string Value)[] parameters)
    {
        var answer = await PostAsync(sql, parameters);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return answer.Text.TrimEnd('\n');
    }

    public void Dispose() => _http.Dispose();
}

/// <summary>One answer of the port.</summary>
internal sealed record Answer(HttpStatusCode Status, byte[] Body, Dictionary<string, string> Headers)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public string? Code => Headers.GetValueOrDefault("X-ClickHouse-Exception-Code");
}
