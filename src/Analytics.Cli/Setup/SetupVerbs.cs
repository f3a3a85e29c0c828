using System.CommandLine;
using Analytics.Core.Events;
using Analytics.Storage.ClickHouse;
using Analytics.Storage.Postgres;
using Analytics.Storage.Registry;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Npgsql;

namespace Analytics.Cli.Setup;

/// <summary><c>analytics init</c> and <c>analytics doctor</c>.</summary>
internal static class SetupVerbs
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly Option<int> Partitions = new("--partitions") { Description = "Partitions of each counted topic that is made", DefaultValueFactory = _ => 4 };

    /// <summary>Creates what is missing.</summary>
    public static Command Init()
    {
        var init = new Command("init", "Create what is missing: topics, schemas, tables; changes nothing that is there") { Partitions };
        init.SetAction(InitAsync);
        return init;
    }

    /// <summary>Looks whether everything is reachable.</summary>
    public static Command Doctor()
    {
        var doctor = new Command("doctor", "Is everything reachable? One line a part; 3 when something is not");
        doctor.SetAction(DoctorAsync);
        return doctor;
    }

    private static async Task<int> InitAsync(ParseResult parsed, CancellationToken cancel)
    {
        var places = new Places(parsed);
        await CreateTopicsAsync(places, parsed.GetValue(Partitions)).ConfigureAwait(false);
        using var registry = places.OpenRegistry();
        foreach (var topic in Topics.Counted)
        {
            var id = await registry.RegisterAsync(Topics.SubjectOf(topic), EventSchemas.TextOf(topic), cancel).ConfigureAwait(false);
            Console.WriteLine($"schema {Topics.SubjectOf(topic)}: id {id}");
        }

        using var clickHouse = places.OpenClickHouse();
        Say("clickhouse", await new ClickHouseMigrations(clickHouse, TimeProvider.System).ApplyAsync(cancel).ConfigureAwait(false));
        if (places.Postgres is { } connection)
        {
            await using var postgres = NpgsqlDataSource.Create(connection);
            Say("postgres", await PostgresMigrations.ApplyAsync(postgres, cancel).ConfigureAwait(false));
        }

        return ExitCode.Ok;
    }

    private static async Task CreateTopicsAsync(Places places, int partitions)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = places.Kafka }).Build();
        var known = admin.GetMetadata(Patience).Topics.Select(topic => topic.Topic).ToHashSet(StringComparer.Ordinal);
        var missing = Topics.Counted.Append(Topics.DeadLetters).Where(topic => !known.Contains(topic))
            .Select(topic => new TopicSpecification { Name = topic, NumPartitions = topic == Topics.DeadLetters ? 1 : partitions, ReplicationFactor = -1 })
            .ToArray();
        if (missing.Length > 0)
        {
            await admin.CreateTopicsAsync(missing).ConfigureAwait(false);
        }

        foreach (var topic in Topics.Counted.Append(Topics.DeadLetters))
        {
            Console.WriteLine($"topic {topic}: {(known.Contains(topic) ? "there" : "created")}");
        }
    }

    private static void Say(string store, IReadOnlyCollection<string> applied) =>
        Console.WriteLine(applied.Count == 0 ? $"{store}: up to date" : $"{store}: applied {string.Join(", ", applied)}");

    private static async Task<int> DoctorAsync(ParseResult parsed, CancellationToken cancel)
    {
        var places = new Places(parsed);
        var isWell = await CheckAsync("kafka", places.Kafka, () => Task.Run(() => Brokers(places), cancel)).ConfigureAwait(false);
        isWell &= await CheckAsync("registry", places.Registry.ToString(), () => SchemasAsync(places, cancel)).ConfigureAwait(false);
        isWell &= await CheckAsync("clickhouse", places.ClickHouse.GetLeftPart(UriPartial.Path), () => ChunksAsync(places, cancel)).ConfigureAwait(false);
        if (places.Postgres is { } connection)
        {
            isWell &= await CheckAsync("postgres", new NpgsqlConnectionStringBuilder(connection).Host ?? "", () => TenantsAsync(connection, cancel)).ConfigureAwait(false);
        }

        return isWell ? ExitCode.Ok : ExitCode.Unreachable;
    }

    private static async Task<bool> CheckAsync(string part, string place, Func<Task<string>> look)
    {
        try
        {
            Console.WriteLine($"ok    {part,-10}  {place}  {await look().ConfigureAwait(false)}");
            return true;
        }
        catch (Exception error) when (error is KafkaException or RegistryUnavailableException or ClickHouseException or NpgsqlException)
        {
            Console.WriteLine($"FAIL  {part,-10}  {place}  {error.Message}");
            return false;
        }
    }

    private static string Brokers(Places places)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = places.Kafka }).SetLogHandler((_, _) => { }).Build();
        var cluster = admin.GetMetadata(Patience);
        return $"{cluster.Brokers.Count} brokers, {cluster.Topics.Count} topics";
    }

    private static async Task<string> SchemasAsync(Places places, CancellationToken cancel)
    {
        using var registry = places.OpenRegistry();
        var latest = await registry.LatestAsync(Topics.SubjectOf(Topics.Clickstream), cancel).ConfigureAwait(false);
        return latest is null ? "no schema yet: run `analytics init`" : $"{Topics.SubjectOf(Topics.Clickstream)} has id {latest.Id}";
    }

    private static async Task<string> ChunksAsync(Places places, CancellationToken cancel)
    {
        using var clickHouse = places.OpenClickHouse();
        await clickHouse.PingAsync(cancel).ConfigureAwait(false);
        var chunks = 0;
        await foreach (var _ in new Ledger(clickHouse).ReadAsync(cancel).ConfigureAwait(false))
        {
            chunks++;
        }

        return $"{chunks} chunks in the ledger";
    }

    private static async Task<string> TenantsAsync(string connection, CancellationToken cancel)
    {
        await using var postgres = NpgsqlDataSource.Create(connection);
        return $"{await new Tenants(postgres).CountAsync(cancel).ConfigureAwait(false)} tenants";
    }
}
