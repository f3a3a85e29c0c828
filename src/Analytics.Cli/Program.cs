using Analytics.Cli;
using Analytics.Cli.Demo;
using Analytics.Cli.Keys;
using Analytics.Cli.Ledgers;
using Analytics.Cli.Queries;
using Analytics.Cli.Rates;
using Analytics.Cli.Rejections;
using Analytics.Cli.RollUps;
using Analytics.Cli.Sessions;
using Analytics.Cli.Setup;
using Analytics.Cli.Tenancy;
using Analytics.Hosting;

NativeLibraries.Resolve(typeof(Confluent.Kafka.Library).Assembly);

return await Verbs.RunAsync(
    args,
    LedgerVerbs.Make(),
    RejectedVerbs.Make(),
    SessionVerbs.Make(),
    QueryVerbs.Make(),
    RollUpVerbs.Make(),
    TenantVerbs.Make(),
    RateVerbs.Make(),
    KeyVerbs.Make(),
    DemoVerbs.Make(),
    SetupVerbs.Init(),
    SetupVerbs.Doctor());
