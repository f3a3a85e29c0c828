using System.Globalization;

namespace Analytics.Local.Registry;

/// <summary><c>/schemas</c>: schemas by their id. Source: Confluent schema registry, "API Reference".</summary>
internal static class SchemaRoutes
{
    private static readonly string[] Types = ["AVRO"];

    /// <summary>Adds the routes.</summary>
    public static void MapSchemas(this RegistryRoutes routes, RegistryDatabase database)
    {
        routes.Get("/schemas/types", _ => Task.FromResult<object>(Types));
        routes.Get("/schemas", async context =>
        {
            var prefix = context.Request.Query["subjectPrefix"].ToString();
            var versions = (await database.ReadAsync(tables => tables.VersionsWithPrefixAsync(prefix)))
                .Where(version => context.Has("deleted") || !version.IsDeleted);
            return (context.Has("latestOnly") ? versions.GroupBy(version => version.Subject).Select(group => group.Last()) : versions)
                .Select(SubjectRoutes.Shape);
        });
        routes.Get("/schemas/ids/{id}", async context =>
        {
            var text = (await UsesAsync(database, context))[0].Text;
            return context.Has("fetchMaxId")
                ? new { schema = text, maxId = await database.ReadAsync(tables => tables.HighestIdAsync()) }
                : new { schema = text };
        });
        routes.Get("/schemas/ids/{id}/schema", async context => (await UsesAsync(database, context))[0].Text);
        routes.Get("/schemas/ids/{id}/subjects", async context =>
            Shown(context, await UsesAsync(database, context)).Select(use => use.Subject).Distinct());
        routes.Get("/schemas/ids/{id}/versions", async context =>
            Shown(context, await UsesAsync(database, context)).Select(use => new { subject = use.Subject, version = use.Version }));
    }

    private static IEnumerable<SchemaVersion> Shown(HttpContext context, IEnumerable<SchemaVersion> uses) =>
        uses.Where(use => context.Has("deleted") || !use.IsDeleted);

    // A softly deleted schema is still found by its id: records that were written with it must stay readable.
    private static async Task<IReadOnlyList<SchemaVersion>> UsesAsync(RegistryDatabase database, HttpContext context)
    {
        if (!int.TryParse(context.Id(), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            throw RegistryException.SchemaNotFound();
        }

        var uses = await database.ReadAsync(tables => tables.UsesOfAsync(number));
        return uses.Count > 0 ? uses : throw RegistryException.SchemaNotFound(number);
    }
}
