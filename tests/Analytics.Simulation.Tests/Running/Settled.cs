using System.Runtime.CompilerServices;

namespace Analytics.Simulation.Tests.Running;

/// <summary>Waits until everything that could run on the pool has run. With one thread in the pool, that is when the queue is empty while we run.</summary>
internal static class Settled
{
    /// <summary>Lets all else run first.</summary>
    public static async Task Everything()
    {
        do
        {
            await default(Last);
        }
        while (ThreadPool.PendingWorkItemCount > 0);
    }

    /// <summary>Goes on after all that is queued now.</summary>
    private readonly struct Last : ICriticalNotifyCompletion
    {
        public bool IsCompleted => false;

        public Last GetAwaiter() => this;

        public void GetResult()
        {
        }

        public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

        public void UnsafeOnCompleted(Action continuation) => ThreadPool.UnsafeQueueUserWorkItem(static action => action(), continuation, preferLocal: false);
    }
}
