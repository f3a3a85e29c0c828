using Analytics.Api;
using Analytics.Hosting;

var app = ApiHost.Build(args);
app.AnnounceReady("api", () => app.Urls.First());
await app.RunAsync();
