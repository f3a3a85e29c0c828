namespace Analytics.Local.Supervising;

/// <summary><c>env</c> in the data folder: the addresses and keys of the running stack, for <c>. .local/env</c> in a shell.</summary>
internal static class EnvFile
{
    /// <summary>Writes it. Its names are a contract with scripts.</summary>
    public static void Write(StackSettings settings, StackSecrets secrets) => PrivateFile.Write(settings.PathOf("env"), $"""
        API_URL='{settings.ApiUrl}'
        KAFKA_BOOTSTRAP='{settings.Kafka}'
        REGISTRY_URL='{settings.RegistryUrl}'
        CLICKHOUSE_URL='{settings.ClickHouseUrl}'
        REDIS_URL='redis://{settings.Redis}'
        DATABASE_URL='postgresql://{PostgresCluster.UserName}:{secrets.PostgresPassword}@127.0.0.1:{settings.Ports.Postgres.Number}/{PostgresCluster.Database}'
        METRICS_URLS='{string.Join(' ', settings.MetricsUrls)}'
        WRITE_KEY='{secrets.WriteKey}'
        READ_KEY='{secrets.ReadKey}'
        ADMIN_KEY='{secrets.AdminKey}'

        """);
}
