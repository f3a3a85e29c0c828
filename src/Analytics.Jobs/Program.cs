using Analytics.Hosting;
using Analytics.Jobs;

// No web server of its own: metrics and health are on Metrics:Port, and two stacks on one machine must not meet on a default port.
var builder = Host.CreateApplicationBuilder(args);
builder.AddHosting("jobs").AddStores().AddSchedule();
var host = builder.Build();
host.AnnounceReady("jobs", () => "by schedule");
await host.RunAsync();
