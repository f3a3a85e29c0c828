using Analytics.Core.Avro;

namespace Analytics.Local.Registry;

/// <summary><c>/config</c> and <c>/mode</c>, global and by subject. Source: Confluent schema registry, "API Reference".</summary>
internal static class RuleRoutes
{
    /// <summary>Adds the routes.</summary>
    public static void MapRules(this RegistryRoutes routes, RegistryRules rules)
    {
        routes.Get("/config", async _ => Found(await rules.LevelAsync()));
        routes.Put("/config", async context =>
            Set(await rules.SetLevelAsync(RegistryTables.Global, await context.FieldAsync("compatibility"))));
        routes.Delete("/config", async _ => Found(await rules.ClearLevelAsync(RegistryTables.Global)));
        routes.Get("/config/{subject}", async context => Found(await rules.LevelAsync(context.Subject(), context.Has("defaultToGlobal"))));
        routes.Put("/config/{subject}", async context =>
            Set(await rules.SetLevelAsync(context.Subject(), await context.FieldAsync("compatibility"))));
        routes.Delete("/config/{subject}", async context => Found(await rules.ClearLevelAsync(context.Subject())));

        routes.Get("/mode", async _ => Mode(await rules.ModeAsync()));
        routes.Put("/mode", async context =>
            Mode(await rules.SetModeAsync(RegistryTables.Global, await context.FieldAsync("mode"), context.Has("force"))));
        routes.Delete("/mode", async _ => Mode(await rules.ClearModeAsync(RegistryTables.Global)));
        routes.Get("/mode/{subject}", async context => Mode(await rules.ModeAsync(context.Subject(), context.Has("defaultToGlobal"))));
        routes.Put("/mode/{subject}", async context =>
            Mode(await rules.SetModeAsync(context.Subject(), await context.FieldAsync("mode"), context.Has("force"))));
        routes.Delete("/mode/{subject}", async context => Mode(await rules.ClearModeAsync(context.Subject())));
    }

    private static object Found(CompatibilityLevel level) => new { compatibilityLevel = level.Name() };

    private static object Set(CompatibilityLevel level) => new { compatibility = level.Name() };

    private static object Mode(RegistryMode mode) => new { mode = mode.Name() };
}
