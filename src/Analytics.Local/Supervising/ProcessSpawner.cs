using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;

namespace Analytics.Local.Supervising;

/// <summary>Starts every child from one thread that never ends.</summary>
/// <remarks>
/// The kernel's parent-death signal (PR_SET_PDEATHSIG) fires when the *thread* that forked dies, not the process: a child started
/// from the thread pool would be told to stop as soon as that thread retires.
/// </remarks>
internal static class ProcessSpawner
{
    private const int Capacity = 64;

    private static readonly BlockingCollection<(Process Process, TaskCompletionSource Started)> Requests = Listen();

    /// <summary>Starts the process; completes when it runs, or fails as <see cref="Process.Start()"/> does.</summary>
    public static Task StartAsync(Process process)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Requests.Add((process, started));
        return started.Task;
    }

    private static BlockingCollection<(Process, TaskCompletionSource)> Listen()
    {
        var requests = new BlockingCollection<(Process, TaskCompletionSource)>(Capacity);
        new Thread(() => Serve(requests)) { IsBackground = true, Name = nameof(ProcessSpawner) }.Start();
        return requests;
    }

    private static void Serve(BlockingCollection<(Process Process, TaskCompletionSource Started)> requests)
    {
        foreach (var (process, started) in requests.GetConsumingEnumerable())
        {
            try
            {
                process.Start();
                started.SetResult();
            }
            catch (Win32Exception fault)
            {
                // The caller awaits it; the thread must outlive a program that is not there.
                started.SetException(fault);
            }
        }
    }
}
