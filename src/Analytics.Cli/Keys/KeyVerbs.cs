using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Analytics.Storage.Postgres;

namespace Analytics.Cli.Keys;

/// <summary><c>analytics keys list|create|rotate|revoke</c>: how the first admin key is made, and what works while the API does not.</summary>
internal static class KeyVerbs
{
    private const int Page = 200;

    private static readonly Option<string> Name = new("--name") { Description = "Who holds it, for people", Required = true };
    private static readonly Option<ApiKeyKind> Kind = new("--kind") { Description = "write (sends events), read (asks questions) or admin (everything)", Required = true };
    private static readonly Option<long[]> Tenants = new("--tenant") { Description = "A tenant of it; may be given several times, not for an admin key", DefaultValueFactory = _ => [] };
    private static readonly Option<string[]> Allowed = new("--right") { Description = "collect, read, edit or manage; without it what is usual for its kind", DefaultValueFactory = _ => [] };
    private static readonly Option<DateTimeOffset?> Expires = new("--expires") { Description = "When it ends, for example 2027-01-01T00:00Z; without it never" };
    private static readonly Option<double> Overlap = new("--overlap-hours") { Description = "Hours that the old key stays valid", DefaultValueFactory = _ => 24 };
    private static readonly Option<bool> Yes = new("--yes") { Description = "Do it; without it only say what would be done" };
    private static readonly Argument<long> Id = new("id") { Description = "Number of the key" };
    private static readonly JsonSerializerOptions Format = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The verbs.</summary>
    public static Command Make()
    {
        var list = new Command("list", "The valid keys: number, start, kind, tenants, last use");
        list.SetAction((parsed, cancel) => WithKeysAsync(parsed, keys => ListAsync(parsed, keys, cancel)));
        var create = new Command("create", "Make a key; its text is printed once and never again") { Name, Kind, Tenants, Allowed, Expires };
        create.SetAction((parsed, cancel) => WithKeysAsync(parsed, keys => CreateAsync(parsed, keys, cancel)));
        var rotate = new Command("rotate", "Make a key in the place of another, which ends some hours later") { Id, Overlap };
        rotate.SetAction((parsed, cancel) => WithKeysAsync(parsed, keys => RotateAsync(parsed, keys, cancel)));
        var revoke = new Command("revoke", "End a key at once") { Id, Yes };
        revoke.SetAction((parsed, cancel) => WithKeysAsync(parsed, keys => RevokeAsync(parsed, keys, cancel)));
        return new Command("keys", "Keys of producers, dashboards and admins") { list, create, rotate, revoke };
    }

    private static Actor Operator => new("cli", Environment.UserName);

    private static async Task<int> WithKeysAsync(ParseResult parsed, Func<ApiKeys, Task<int>> run)
    {
        await using var postgres = new Places(parsed).OpenPostgres();
        return await run(new(postgres)).ConfigureAwait(false);
    }

    private static async Task<int> ListAsync(ParseResult parsed, ApiKeys keys, CancellationToken cancel)
    {
        var all = new List<ApiKeyEntry>();
        IReadOnlyList<ApiKeyEntry> part;
        do
        {
            part = await keys.ListAsync(all.Count == 0 ? 0 : all[^1].Key.Id, Page, cancel: cancel).ConfigureAwait(false);
            all.AddRange(part);
        }
        while (part.Count == Page);

        if (parsed.GetValue(Verbs.Json))
        {
            Console.WriteLine(JsonSerializer.Serialize(all.Select(Shown), Format));
            return ExitCode.Ok;
        }

        foreach (var one in all)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{one.Key.Id,6}  {one.Key.Prefix + "…",-16}  {ApiKeyText.Code(one.Key.Kind),-5}  {TenantsOf(one.Key),-12}  last used {When(one.LastUsedAt),-17}  ends {When(one.Key.ExpiresAt),-17}  {one.Key.Name}"));
        }

        return ExitCode.Ok;
    }

    private static async Task<int> CreateAsync(ParseResult parsed, ApiKeys keys, CancellationToken cancel)
    {
        var (kind, tenants, words) = (parsed.GetValue(Kind), parsed.GetValue(Tenants)!, parsed.GetValue(Allowed)!);
        if ((kind == ApiKeyKind.Admin) != (tenants.Length == 0))
        {
            throw new ArgumentException("Expected --tenant for a write key or a read key, and none for an admin key.");
        }

        var rights = words.Length == 0 ? (Rights?)null : RightsOf.FromWords(words) ?? throw new ArgumentException("Expected --right collect, read, edit or manage.");
        var (key, text) = await keys.CreateAsync(parsed.GetValue(Name)!, kind, tenants, rights, parsed.GetValue(Expires), Operator, cancel).ConfigureAwait(false);
        Tell(parsed, key.Id, text, $"key {key.Id} of kind {ApiKeyText.Code(kind)} was made; this is its whole text, kept nowhere else:");
        return ExitCode.Ok;
    }

    private static async Task<int> RotateAsync(ParseResult parsed, ApiKeys keys, CancellationToken cancel)
    {
        var id = parsed.GetValue(Id);
        var overlap = parsed.GetValue(Overlap);
        if (overlap is < 0 or > 8_760)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Expected --overlap-hours from 0 to 8,760, a year; found {overlap}."));
        }

        if (await keys.RotateAsync(id, TimeSpan.FromHours(overlap), Operator, cancel).ConfigureAwait(false) is not var (made, text, endsAt))
        {
            throw new ArgumentException($"There is no valid key {id} that was not rotated before. `analytics keys list` shows those there are.");
        }

        Tell(parsed, made.Key.Id, text, $"key {made.Key.Id} takes the place of key {id}, which ends at {When(endsAt)}; this is its whole text, kept nowhere else:");
        return ExitCode.Ok;
    }

    private static async Task<int> RevokeAsync(ParseResult parsed, ApiKeys keys, CancellationToken cancel)
    {
        var id = parsed.GetValue(Id);
        if (await keys.FindAsync(id, cancel).ConfigureAwait(false) is not { } entry)
        {
            throw new ArgumentException($"There is no valid key {id}. `analytics keys list` shows those there are.");
        }

        if (!parsed.GetValue(Yes))
        {
            Console.WriteLine($"would end key {id} ({entry.Key.Prefix}…, {entry.Key.Name}), last used {When(entry.LastUsedAt)}; say --yes to do it");
            return ExitCode.Ok;
        }

        await keys.RevokeAsync(id, Operator, cancel).ConfigureAwait(false);
        Console.WriteLine($"key {id} has ended; an API that has just seen it takes it for some seconds more");
        return ExitCode.Ok;
    }

    // The text alone goes to stdout, so that a script can take it.
    private static void Tell(ParseResult parsed, long id, string text, string message)
    {
        if (parsed.GetValue(Verbs.Json))
        {
            Console.WriteLine(JsonSerializer.Serialize(new { id, key = text }, Format));
            return;
        }

        Console.Error.WriteLine(message);
        Console.WriteLine(text);
    }

    private static object Shown(ApiKeyEntry one) => new
    {
        one.Key.Id,
        one.Key.Prefix,
        one.Key.Name,
        Kind = ApiKeyText.Code(one.Key.Kind),
        Tenants = one.Key.TenantIds.Order(),
        Rights = RightsOf.ToWords(one.Key.Rights),
        one.CreatedAt,
        one.LastUsedAt,
        one.Key.ExpiresAt,
        one.Replaces,
    };

    private static string TenantsOf(ApiKey key) => key.IsEverywhere ? "all" : string.Join(',', key.TenantIds.Order());

    private static string When(DateTimeOffset? at) => at?.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture) ?? "never";
}
