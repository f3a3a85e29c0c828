using Analytics.Hosting;
using Analytics.Local;
using Analytics.Local.Broker;
using Analytics.Local.ClickHouse;
using Analytics.Local.Registry;
using Analytics.Local.Supervising;

NativeLibraries.Resolve(typeof(Program).Assembly);

// Each verb is a process of its own; `run` starts and watches the others.
return args switch
{
    ["run"] => await RunVerb.RunAsync(TimeProvider.System),
    ["up"] => await UpVerb.RunAsync(TimeProvider.System),
    ["down"] => await DownVerb.RunAsync(TimeProvider.System),
    ["broker", .. var options] => await BrokerVerb.RunAsync(options),
    ["clickhouse", .. var options] => await ClickHousePort.RunAsync(options),
    ["registry", .. var options] => await RegistryVerb.RunAsync(options),
    _ => Usage.Show(args),
};
