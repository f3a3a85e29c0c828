using System.Buffers;

namespace Analytics.Local.ClickHouse;

/// <summary>Runs statements of requests in the engine, a bounded number at once, each in a session of its own.</summary>
/// <remarks>The engine's calls block the thread that the request is served on: the pool has one for each statement, and handing a call to another thread costs as much as a small question.</remarks>
internal sealed partial class StatementRunner(ChdbEngine engine, ClickHousePortOptions options, string spool, ILogger<StatementRunner> log) : IDisposable
{
    private const int PieceSize = 1 << 20;

    private readonly SemaphoreSlim _turns = new(options.Concurrency);
    private int _waiting;

    /// <summary>Runs the statement of a request and writes its answer.</summary>
    /// <exception cref="EngineException">The statement failed; the answer may have begun.</exception>
    public async Task RunAsync(PortRequest request, PortAnswer answer)
    {
        var cancel = request.Context.RequestAborted;
        await using var body = await StatementBody.ReadAsync(request, options.StatementSize, cancel);
        await TakeTurnAsync(cancel);
        try
        {
            await RunInTurnAsync(request, body, answer, cancel);
        }
        finally
        {
            _turns.Release();
        }
    }

    /// <summary>Ends when no statement runs any more and none can begin. Once, when no more requests come.</summary>
    public async Task EndAsync()
    {
        for (var turn = 0; turn < options.Concurrency; turn++)
        {
            await _turns.WaitAsync();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turns.Dispose();

    private async Task RunInTurnAsync(PortRequest request, StatementBody body, PortAnswer answer, CancellationToken cancel)
    {
        using var session = Open(request);
        var stopping = Task.CompletedTask;
        try
        {
            await using var stop = cancel.Register(() => stopping = Task.Run(() => Stop(request.Mark)));
            await (body.Statement.Kind switch
            {
                StatementKind.Select => SelectAsync(session, request, body, answer, cancel),
                StatementKind.Insert => InsertAsync(session, request, body, answer, cancel),
                StatementKind.InsertFromInput => InsertFromInputAsync(session, request, body, answer, cancel),
                _ => RunWholeAsync(session, request, body, answer, cancel),
            });
        }
        finally
        {
            // Part of the turn: it is a statement as well.
            await stopping;
        }
    }

    private async Task TakeTurnAsync(CancellationToken cancel)
    {
        if (Interlocked.Increment(ref _waiting) > options.Waiting)
        {
            Interlocked.Decrement(ref _waiting);
            throw EngineException.Of(
                202, "TOO_MANY_SIMULTANEOUS_QUERIES", $"{options.Concurrency} statements run and {options.Waiting} wait: try again later");
        }

        try
        {
            await _turns.WaitAsync(cancel);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private ChdbConnection Open(PortRequest request)
    {
        var session = engine.Open();
        try
        {
            foreach (var sql in request.Preparations())
            {
                session.Run(sql);
            }

            return session;
        }
        catch (EngineException)
        {
            session.Dispose();
            throw;
        }
    }

    private async Task SelectAsync(
        ChdbConnection session, PortRequest request, StatementBody body, PortAnswer answer, CancellationToken cancel)
    {
        var format = body.Statement.Format ?? request.DefaultFormat ?? "TabSeparated";
        using var select = session.Select(body.Sql, format, request.Parameters);
        await (request.WaitsForEnd ? SendWholeAsync(select, format, request, answer, cancel) : SendAsync(select, format, request, answer, cancel));
        await answer.EndAsync();
    }

    private static async Task SendAsync(ChdbSelect select, string format, PortRequest request, PortAnswer answer, CancellationToken cancel)
    {
        // One chunk ahead: an answer of one chunk is complete, with its final counts, before its headers are sent.
        var chunk = select.Fetch();
        var next = chunk is null ? null : select.Fetch();
        answer.Start(request, format, (chunk?.Progress ?? default) + (next?.Progress ?? default));
        while (chunk is not null)
        {
            using (chunk)
            {
                await answer.WriteAsync(chunk.OpenRead(), cancel);
            }

            chunk = next;
            next = chunk is null ? null : select.Fetch();
        }
    }

    /// <summary>wait_end_of_query=1: the whole answer is made in a file first, so that an error still changes the status.</summary>
    private async Task SendWholeAsync(ChdbSelect select, string format, PortRequest request, PortAnswer answer, CancellationToken cancel)
    {
        var path = Path.Combine(spool, Guid.NewGuid().ToString("N"));
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, PieceSize, FileOptions.DeleteOnClose);
        var progress = default(Progress);
        while (select.Fetch() is { } chunk)
        {
            using (chunk)
            {
                progress += chunk.Progress;
                await chunk.OpenRead().CopyToAsync(file, cancel);
            }
        }

        file.Position = 0;
        answer.Start(request, format, progress);
        await answer.WriteAsync(file, cancel);
    }

    private static async Task InsertAsync(
        ChdbConnection session, PortRequest request, StatementBody body, PortAnswer answer, CancellationToken cancel)
    {
        var format = body.Statement.Format ?? request.DefaultFormat ?? "Values";
        using var insert = await Task.Run(() => session.Insert(body.Sql, format, request.Parameters), CancellationToken.None);
        var buffer = ArrayPool<byte>.Shared.Rent(PieceSize);
        try
        {
            while (await body.ReadDataAsync(buffer, cancel) is { IsEmpty: false } piece)
            {
                await Task.Run(() => insert.Append(piece.Span), CancellationToken.None);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        answer.Start(request, null, await Task.Run(insert.Done, CancellationToken.None));
        await answer.EndAsync();
    }

    /// <summary>The engine cannot stream into input(), so the data goes to a file first, which keeps the memory flat, and file() reads it.</summary>
    private async Task InsertFromInputAsync(
        ChdbConnection session, PortRequest request, StatementBody body, PortAnswer answer, CancellationToken cancel)
    {
        var path = Path.Combine(spool, Guid.NewGuid().ToString("N"));
        try
        {
            await using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, PieceSize, useAsync: false))
            {
                await body.CopyDataAsync(file, cancel);
            }

            var sql = body.SqlReadingFrom(path);
            using var result = await Task.Run(() => session.Run(sql, "Null", request.Parameters), CancellationToken.None);
            answer.Start(request, null, result.Progress);
            await answer.EndAsync();
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static async Task RunWholeAsync(
        ChdbConnection session, PortRequest request, StatementBody body, PortAnswer answer, CancellationToken cancel)
    {
        var format = body.Statement.Format ?? request.DefaultFormat ?? "TabSeparated";
        using var result = await Task.Run(() => session.Run(body.Sql, format, request.Parameters), CancellationToken.None);
        answer.Start(request, format, result.Progress);
        await answer.WriteAsync(result.OpenRead(), cancel);
        await answer.EndAsync();
    }

    /// <summary>The client is gone: stops its statement, which ends with code 394.</summary>
    private void Stop(string mark)
    {
        try
        {
            using var session = engine.Open();
            session.Run($"KILL QUERY WHERE startsWith(Settings['log_comment'], {PortRequest.Quote(mark)}) ASYNC");
        }
        catch (EngineException error)
        {
            LogNotStopped(log, mark, error);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The client of statement {Mark} is gone, but the statement could not be stopped and runs to its end")]
    private static partial void LogNotStopped(ILogger log, string mark, Exception error);
}
