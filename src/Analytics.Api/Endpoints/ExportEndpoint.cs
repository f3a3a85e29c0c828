using Analytics.Api.Access;
using Analytics.Api.Exporting;
using Analytics.Api.Questions;
using Microsoft.Net.Http.Headers;

namespace Analytics.Api.Endpoints;

/// <summary>GET /api/v1/sellers/{id}/export.csv and export.pdf: what the pages show, as a table to work with and as a report to hand on.</summary>
internal static class ExportEndpoint
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        MapTable(routes);
        MapReport(routes);
    }

    private static void MapTable(IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/sellers/{id:long}/export.csv", async (
        long id, HttpContext http, KeyRing keys, TenantDirectory tenants, CsvReports reports, QuestionQuota quota) =>
    {
        var (query, cancel) = (http.Request.Query, http.RequestAborted);
        var tenant = await tenants.ReadableAsync(await keys.ReaderAsync(http), id, cancel);
        var hasMark = query["bom"].ToString() switch
        {
            "" or "exclude" => false,
            "include" => true,
            var other => throw Problem.Invalid("bom", $"Expected include or exclude; found '{other}'."),
        };
        using var turn = await quota.TurnAsync(tenant.Id, cancel);
        var table = await reports.OfAsync(query["report"].ToString() is { Length: > 0 } report ? report : "history", tenant, query, cancel);
        Describe(http.Response, "text/csv; charset=utf-8; header=present", table.Name + ".csv");
        await table.WriteAsync(http.Response, hasMark, cancel);
    });

    private static void MapReport(IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/sellers/{id:long}/export.pdf", async (
        long id, HttpContext http, KeyRing keys, TenantDirectory tenants, SalesReports reports, QuestionQuota quota) =>
    {
        var (query, cancel) = (http.Request.Query, http.RequestAborted);
        var tenant = await tenants.ReadableAsync(await keys.ReaderAsync(http), id, cancel);
        (string Name, byte[] File) report;
        using (await quota.TurnAsync(tenant.Id, cancel))
        {
            report = await reports.OfAsync(tenant, query, cancel);
        }

        Describe(http.Response, "application/pdf", report.Name + ".pdf");
        await http.Response.Body.WriteAsync(report.File, cancel);
    });

    private static void Describe(HttpResponse response, string type, string file)
    {
        var attachment = new ContentDispositionHeaderValue("attachment");
        attachment.SetHttpFileName(file);
        response.ContentType = type;
        response.Headers.ContentDisposition = attachment.ToString();
        response.Headers.CacheControl = "private, no-store";
    }
}
