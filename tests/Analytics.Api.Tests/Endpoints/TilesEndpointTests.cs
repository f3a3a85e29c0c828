using System.Net;
using System.Text;
using System.Text.Json;

namespace Analytics.Api.Tests.Endpoints;

[Collection(ApiCollection.Name)]
public sealed class TilesEndpointTests(RunningApi api) : IAsyncLifetime
{
    private const string Day = "\"start\": \"2024-06-01\", \"end\": \"2024-06-02\", \"granularity\": \"day\"";

    public async Task InitializeAsync()
    {
        // The same rows each time: they replace each other.
        const string Cells = "INSERT INTO cells (tenant, window, name, currency, epoch, kafka_partition, chunk, ver, events, revenue, keep_until) FORMAT TSV";
        await api.ClickHouse.InsertAsync(Cells, Encoding.ASCII.GetBytes(
            "3\t2024-06-01 10:00:00\torder_placed\tJPY\t1\t0\t7\t7\t3\t900\t2100-01-01 00:00:00\n"
            + "9\t2024-06-01 10:00:00\torder_placed\tJPY\t1\t0\t7\t7\t50\t50\t2100-01-01 00:00:00\n"));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Every_tile_gets_the_answer_of_its_own_address()
    {
        var question = $"{{{Day}, \"metrics\": [\"orders\", \"revenue\"]}}";
        var (reply, body) = await AskAsync("3", $"{{\"name\": \"Orders\", \"kind\": \"query\", \"question\": {question}}}, {{\"kind\": \"sessions\", \"question\": {{{Day[..Day.LastIndexOf(',')]}}}}}");
        var (_, alone) = await api.PostAsync("/api/v1/analytics/3/query", question, api.ReadKey);

        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        var tiles = body.GetProperty("tiles");
        Assert.Equal(["Orders 200", "1 200"], tiles.EnumerateArray().Select(tile => $"{tile.GetProperty("name")} {tile.GetProperty("status")}"));
        Assert.Equal(3, tiles[0].GetProperty("answer").GetProperty("groups")[0].GetProperty("series").GetProperty("orders").GetProperty("total").GetInt32());
        Assert.Equal(alone.GetProperty("groups").GetRawText(), tiles[0].GetProperty("answer").GetProperty("groups").GetRawText());
    }

    [Fact]
    public async Task A_tile_that_cannot_be_answered_says_why_and_leaves_the_others_alone()
    {
        var (reply, body) = await AskAsync("3", $"{{\"question\": {{{Day}, \"metrics\": [\"joy\"]}}}}, {{\"kind\": \"guess\", \"question\": {{}}}}, {{\"question\": {{{Day}, \"metrics\": [\"orders\"]}}}}");

        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        var tiles = body.GetProperty("tiles").EnumerateArray().ToList();
        Assert.Equal([400, 400, 200], tiles.Select(tile => tile.GetProperty("status").GetInt32()));
        Assert.Contains("joy", tiles[0].GetProperty("problem").GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains("funnel", tiles[1].GetProperty("problem").GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "tiles")]
    [InlineData("{\"tiles\": []}", "tiles")]
    [InlineData("{\"tiles\": [7]}", "tiles[0]")]
    [InlineData("{\"tiles\": [{\"kind\": 7, \"question\": {}}]}", "tiles[0].kind")]
    [InlineData("nothing", "body")]
    public async Task What_is_no_list_of_tiles_is_refused_by_its_path(string json, string path)
    {
        var (reply, body) = await api.PostAsync("/api/v1/analytics/3/tiles", json, api.ReadKey);

        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        Assert.True(body.GetProperty("errors").TryGetProperty(path, out _), body.GetRawText());
    }

    [Fact]
    public async Task A_request_holds_at_most_24_tiles()
    {
        var (reply, _) = await AskAsync("3", string.Join(',', Enumerable.Repeat("{\"question\": {}}", 25)));

        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
    }

    [Fact]
    public async Task Tiles_of_a_tenant_that_the_key_may_not_read_are_not_found()
    {
        var (reply, _) = await AskAsync("9", $"{{\"question\": {{{Day}, \"metrics\": [\"orders\"]}}}}");

        Assert.Equal(HttpStatusCode.NotFound, reply.StatusCode);
    }

    private Task<(HttpResponseMessage Reply, JsonElement Body)> AskAsync(string app, string tiles) =>
        api.PostAsync($"/api/v1/analytics/{app}/tiles", $"{{\"tiles\": [{tiles}]}}", api.ReadKey);
}
