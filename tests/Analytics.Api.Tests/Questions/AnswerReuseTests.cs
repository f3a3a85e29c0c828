using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;

namespace Analytics.Api.Tests.Questions;

/// <summary>Another API over the same stores, which gives answers again as a real one does.</summary>
[Collection(ApiCollection.Name)]
public sealed class AnswerReuseTests(RunningApi api) : IAsyncLifetime
{
    private const string Asked = "/api/v1/sellers/2/metrics/history?start=2023-03-26&end=2023-03-27&granularity=hour";

    private readonly ConcurrentDictionary<string, long> _answers = new();
    private WebApplication _app = null!;
    private MeterListener _listener = null!;

    public async Task InitializeAsync()
    {
        _app = ApiHost.Build([.. api.Settings, "--Answers:FreshSeconds=60"]);
        await _app.StartAsync();
        _listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "analytics_api_answers")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        _listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
            _answers.AddOrUpdate((string)tags.ToArray().Single(tag => tag.Key == "how").Value!, count, (_, sum) => sum + count));
        _listener.Start();
    }

    public async Task DisposeAsync()
    {
        _listener.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task A_stampede_of_a_thousand_requests_makes_one_answer()
    {
        var replies = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(_ => SendAsync(Asked)));

        Assert.All(replies, reply => Assert.Equal(HttpStatusCode.OK, reply.StatusCode));
        Assert.Single(replies.Select(reply => reply.Headers.ETag!.Tag).Distinct());
        Assert.Equal((1, 999), (_answers["made"], _answers.Where(one => one.Key is "shared" or "hit").Sum(one => one.Value)));
    }

    [Fact]
    public async Task Who_has_the_answer_is_not_sent_it_again_and_who_wants_a_new_one_says_so()
    {
        var first = await SendAsync(Asked + "&bots=exclude");
        var second = await SendAsync(Asked + "&bots=exclude", request => request.Headers.IfNoneMatch.Add(first.Headers.ETag!));
        var third = await SendAsync(Asked + "&bots=exclude", request => request.Headers.CacheControl = new CacheControlHeaderValue { NoCache = true });

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotModified, HttpStatusCode.OK), (first.StatusCode, second.StatusCode, third.StatusCode));
        Assert.Equal("", await second.Content.ReadAsStringAsync());
        Assert.Equal((2, 1), (_answers["made"], _answers["hit"]));
    }

    private async Task<HttpResponseMessage> SendAsync(string path, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _app.Urls.First() + path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", api.ReadKey);
        change?.Invoke(request);
        return await api.Http.SendAsync(request);
    }
}
