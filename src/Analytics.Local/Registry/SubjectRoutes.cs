namespace Analytics.Local.Registry;

/// <summary><c>/subjects</c> and <c>/compatibility</c>. Source: Confluent schema registry, "API Reference".</summary>
internal static class SubjectRoutes
{
    /// <summary>Adds the routes.</summary>
    public static void MapSubjects(this RegistryRoutes routes, Subjects subjects, RegistryDatabase database)
    {
        routes.Get("/subjects", async context =>
        {
            var prefix = context.Request.Query["subjectPrefix"].ToString();
            return await database.ReadAsync(tables => tables.SubjectsAsync(prefix, context.Has("deleted")));
        });
        routes.Post("/subjects/{subject}", async context =>
            Shape(await subjects.LookUpAsync(context.Subject(), await context.SchemaAsync(), context.Has("deleted"))));
        routes.Delete("/subjects/{subject}", async context =>
            await subjects.DeleteAsync(context.Subject(), context.Has("permanent")));
        routes.Post("/subjects/{subject}/versions", async context =>
            new { id = await subjects.RegisterAsync(context.Subject(), await context.SchemaAsync()) });
        routes.Get("/subjects/{subject}/versions", async context =>
            (await subjects.ListAsync(context.Subject(), context.Has("deleted"))).Select(version => version.Version));
        routes.Get("/subjects/{subject}/versions/{version}", async context =>
            Shape(await subjects.FindAsync(context.Subject(), context.Version(), context.Has("deleted"))));
        routes.Get("/subjects/{subject}/versions/{version}/schema", async context =>
            (await subjects.FindAsync(context.Subject(), context.Version(), context.Has("deleted"))).Text);
        routes.Get("/subjects/{subject}/versions/{version}/referencedby", async context =>
        {
            await subjects.FindAsync(context.Subject(), context.Version(), context.Has("deleted"));
            return Array.Empty<int>();
        });
        routes.Delete("/subjects/{subject}/versions/{version}", async context =>
            await subjects.DeleteAsync(context.Subject(), context.Version(), context.Has("permanent")));
        routes.Post("/compatibility/subjects/{subject}/versions/{version}", async context =>
            Verdict(context, await subjects.CheckAsync(context.Subject(), context.Version(), await context.SchemaAsync())));
        routes.Post("/compatibility/subjects/{subject}/versions", async context =>
            Verdict(context, await subjects.CheckAsync(context.Subject(), await context.SchemaAsync())));
    }

    /// <summary>A version as the API shows it.</summary>
    public static object Shape(SchemaVersion version) =>
        new { subject = version.Subject, version = version.Version, id = version.Id, schema = version.Text };

    private static object Verdict(HttpContext context, IReadOnlyList<string> reasons) =>
        context.Has("verbose") ? new { is_compatible = reasons.Count == 0, messages = reasons } : new { is_compatible = reasons.Count == 0 };
}
