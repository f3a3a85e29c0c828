using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Analytics.Api.Tests.Endpoints;

[Collection(ApiCollection.Name)]
public sealed class OpenApiEndpointTests(RunningApi api)
{
    [Fact]
    public async Task Every_route_is_described_and_everything_described_is_a_route()
    {
        var (_, document) = await api.GetAsync("/openapi/v1.json", null);
        var described = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(method => $"{method.Name.ToUpperInvariant()} {path.Name}"));
        var routes = api.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .SelectMany(route => route.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods.Select(method =>
                $"{method} {route.RoutePattern.RawText!.Replace(":long", "", StringComparison.Ordinal)}"));

        Assert.Equal(routes.Distinct().Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_reference_of_the_document_leads_somewhere()
    {
        var (_, document) = await api.GetAsync("/openapi/v1.json", null);
        var references = System.Text.RegularExpressions.Regex.Matches(document.GetRawText(), "\"\\$ref\": ?\"#/([^\"]+)\"").Select(match => match.Groups[1].Value).Distinct().ToList();

        Assert.NotEmpty(references);
        Assert.All(references, reference =>
        {
            var at = document;
            Assert.All(reference.Split('/'), part => Assert.True(at.TryGetProperty(part, out at), reference));
        });
    }
}
