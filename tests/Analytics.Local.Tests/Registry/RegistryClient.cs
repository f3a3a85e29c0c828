using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Analytics.Local.Tests.Registry;

/// <summary>Speaks plain HTTP to the registry.</summary>
internal sealed class RegistryClient(string url) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = new Uri(url) };

    public static string Body(string schema) => JsonSerializer.Serialize(new { schema });

    public async Task<(int Status, JsonElement Body)> SendAsync(string method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/vnd.schemaregistry.v1+json"));
        }

        using var response = await _http.SendAsync(request);
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return ((int)response.StatusCode, json.RootElement.Clone());
    }

    public async Task<string> AskAsync(string method, string path, string? body = null)
    {
        var (status, answer) = await SendAsync(method, path, body);
        return status == (int)HttpStatusCode.OK ? answer.GetRawText() : throw new HttpRequestException($"{method} {path}: {status} {answer.GetRawText()}");
    }

    public async Task<int> RegisterAsync(string subject, string schema)
    {
        var (status, answer) = await SendAsync("POST", $"/subjects/{subject}/versions", Body(schema));
        return status == (int)HttpStatusCode.OK ? answer.GetProperty("id").GetInt32() : throw new HttpRequestException($"{status} {answer.GetRawText()}");
    }

    public async Task<HttpResponseMessage> GetAsync(string path, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        return await _http.SendAsync(request);
    }

    public void Dispose() => _http.Dispose();
}
