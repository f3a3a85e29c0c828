using System.Diagnostics;
using Analytics.Benchmarks.Harness;
using Analytics.Benchmarks.Workloads;
using Analytics.Storage.Registry;
using Analytics.Worker;

namespace Analytics.Benchmarks.Sinks;

/// <summary>Our side of the Redis sink: the worker's writer sends the live figures of a chunk. CPU is ours and Redis' together.</summary>
internal sealed class LiveSink(RealStores stores, Clickstream records, SchemaRegistryClient registry) : IContender
{
    // A digest of what Redis holds that does not depend on the order in which it came there. Times to live and names of the state are left out.
    private const string Content =
        """
        local sum, keys = 0, redis.call('KEYS', '*')
        for _, key in ipairs(keys) do
          local text
          if redis.call('TYPE', key).ok == 'hash' then
            local all, fields = redis.call('HGETALL', key), {}
            for i = 1, #all, 2 do fields[#fields + 1] = all[i] .. '=' .. all[i + 1] end
            table.sort(fields)
            text = table.concat(fields, ',')
          else
            text = redis.call('GET', key)
          end
          if not string.find(key, 'live:{state}', 1, true) then sum = sum + tonumber(string.sub(redis.sha1hex(key .. text), 1, 8), 16) end
        end
        return #keys .. ' keys, check sum ' .. string.format('%.0f', sum)
        """;

    /// <summary>What the writer sends for the chunk, as bytes of the protocol.</summary>
    public async Task<byte[]> RecordAsync()
    {
        using var recorder = new RedisRecorder(stores.Redis.Port);
        await WriteAsync(recorder.Address);
        return recorder.Busiest();
    }

    /// <summary>Keys that the chunk makes.</summary>
    public async Task<long> CountKeysAsync()
    {
        await RunAsync();
        return (long)await stores.Database.ScriptEvaluateAsync("return redis.call('DBSIZE')");
    }

    /// <inheritdoc/>
    public async Task<string> FingerprintAsync()
    {
        await RunAsync();
        return await ContentAsync(stores);
    }

    /// <inheritdoc/>
    public Task<Timing> RunAsync() => WriteAsync(null);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>What Redis holds, in one line.</summary>
    public static async Task<string> ContentAsync(RealStores stores) => (string)(await stores.Database.ScriptEvaluateAsync(Content))!;

    private async Task<Timing> WriteAsync(string? through)
    {
        await stores.ClearAsync();
        var outputs = await CapturedOutputs.MakeAsync(records, registry);
        using var metrics = new WorkerMetrics();
        using var writers = new WorkerWriters(stores, new NoReceipts(), outputs.Lanes, metrics, DateTimeOffset.FromUnixTimeMilliseconds(records.End), redis: through);
        var (cpu, stretch) = (stores.RedisCpu, Stretch.Start());
        foreach (var output in outputs.All)
        {
            await writers.Live.WriteAsync(output, CancellationToken.None);
        }

        await writers.Live.CompleteAsync(CancellationToken.None);
        var timing = stretch.End();
        foreach (var table in outputs.All.SelectMany(output => output.Tables))
        {
            table.Dispose();
        }

        return timing with { CpuSeconds = timing.CpuSeconds + stores.RedisCpu - cpu };
    }
}

/// <summary>The reference for the Redis sink: redis-cli pipes the very same commands, as fast as Redis takes them. CPU is Redis' alone.</summary>
internal sealed class RedisPipe(RealStores stores, string commands) : IContender
{
    /// <inheritdoc/>
    public async Task<string> FingerprintAsync()
    {
        await RunAsync();
        return await LiveSink.ContentAsync(stores);
    }

    /// <inheritdoc/>
    public async Task<Timing> RunAsync()
    {
        await stores.ClearAsync();
        var (cpu, stretch) = (stores.RedisCpu, Stretch.Start());
        var start = new ProcessStartInfo("sh", ["-c", $"exec redis-cli -p {stores.Redis.Port} --pipe < '{commands}'"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var pipe = Process.Start(start)!;
        var said = await pipe.StandardOutput.ReadToEndAsync();
        await pipe.WaitForExitAsync();
        var timing = stretch.End();
        return said.Contains("All data transferred", StringComparison.Ordinal)
            ? timing with { CpuSeconds = stores.RedisCpu - cpu }
            : throw new InvalidOperationException($"redis-cli --pipe did not end well: {said}");
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
