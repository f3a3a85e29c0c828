using Analytics.Jobs.Reconciling;
using Npgsql;
using Quartz;

namespace Analytics.Jobs;

/// <summary>The table of every job: its name, when it runs, what it does.</summary>
/// <remarks>
/// Quartz keeps the schedule in PostgreSQL and lets one of several processes run each firing. A firing that was missed runs once, not as often as it was missed.
/// </remarks>
internal static class Schedule
{
    /// <summary>Registers the jobs.</summary>
    public static TBuilder AddSchedule<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        var postgres = builder.Configuration["Postgres:Connection"]
            ?? throw new InvalidOperationException("expected the setting Postgres__Connection: the schedule is kept in PostgreSQL");
        builder.Services.AddQuartz(quartz =>
        {
            quartz.UsePersistentStore(store =>
            {
                store.UsePostgres(NpgsqlFactory.Instance, postgres);
                store.UseClustering(_ => { });
                store.ProvisionSchema();
            });

            // name, cadence, body
            quartz.ScheduleJob<CheckLedger>(trigger => trigger.WithIdentity("check-ledger").WithSimpleSchedule(CheckLedger.Cadence));
        });
        builder.Services.AddQuartzHostedService(host => host.WaitForJobsToComplete = true);
        return builder;
    }
}
