using Analytics.Hosting;
using Analytics.Jobs;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddHosting("jobs").AddStores().AddSchedule();
var app = builder.Build();
app.AnnounceReady("jobs", () => "by schedule");
await app.RunAsync();
