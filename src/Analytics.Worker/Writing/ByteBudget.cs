namespace Analytics.Worker.Writing;

/// <summary>Memory of what waits to be written, and the bound beyond which nothing more should come.</summary>
/// <remarks>What has come already is always taken, so the bound is passed by what was under way. Any thread.</remarks>
/// <param name="limit">Bytes.</param>
internal sealed class ByteBudget(long limit)
{
    private readonly Lock _gate = new();
    private long _used;
    private bool _isLifted;
    private TaskCompletionSource? _room;

    /// <summary>Bytes that are taken.</summary>
    public long Used
    {
        get
        {
            lock (_gate)
            {
                return _used;
            }
        }
    }

    /// <summary>Whether more may come.</summary>
    public bool HasRoom
    {
        get
        {
            lock (_gate)
            {
                return IsOpen;
            }
        }
    }

    private bool IsOpen => _isLifted || _used < limit;

    /// <summary>Takes some of it.</summary>
    public void Take(long bytes)
    {
        lock (_gate)
        {
            _used += bytes;
        }
    }

    /// <summary>Gives back what was taken.</summary>
    public void Return(long bytes)
    {
        lock (_gate)
        {
            _used -= bytes;
            Tell();
        }
    }

    /// <summary>Nothing is bounded any more: whoever waits goes on.</summary>
    public void Lift()
    {
        lock (_gate)
        {
            _isLifted = true;
            Tell();
        }
    }

    /// <summary>Ends when more may come.</summary>
    public Task RoomAsync()
    {
        lock (_gate)
        {
            return IsOpen ? Task.CompletedTask : (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    private void Tell()
    {
        if (IsOpen)
        {
            _room?.SetResult();
            _room = null;
        }
    }
}
