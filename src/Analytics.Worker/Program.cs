using Analytics.Hosting;
using Analytics.Worker;

var builder = Host.CreateApplicationBuilder(args);
builder.AddHosting("worker").AddPipeline();
var host = builder.Build();
host.AnnounceReady("worker", () => $"http://127.0.0.1:{builder.Configuration["Metrics:Port"] ?? "9101"}");
await host.RunAsync();
return Environment.ExitCode;
