using System.Diagnostics;
using System.Text.Json;
using Analytics.Core.Avro;

namespace Analytics.Core.Tests.Avro;

/// <summary>Random schemas and records, read by this reader and by others: avsc (npm) and the Avro project's Python library.</summary>
public sealed class AvroAgreementTests
{
    private const int Schemas = 400;
    private const int RecordsOfEach = 4;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Records_mean_the_same_to_avsc() =>
        await AgreeAsync(new RandomSchemas(3, withAliases: true), "node", Script("avsc-agreement.mjs"));

    [Fact]
    public async Task Records_mean_the_same_to_the_python_library() =>
        await AgreeAsync(new RandomSchemas(4, withAliases: false), "/usr/bin/python3", Script("python-avro-agreement.py"));

    private static async Task AgreeAsync(RandomSchemas random, string program, string script)
    {
        var cases = Cases(random);
        var replies = await AskAsync(program, script, cases);
        var (ours, theirs) = (0, 0);
        for (var i = 0; i < cases.Count; i++)
        {
            var (writer, reader, hex) = cases[i];
            var reply = replies[i];
            var record = reply.GetProperty("hex").GetString()!;
            Assert.True(reply.TryGetProperty("text", out var text), $"{program} failed: {reply} for {writer} → {reader}");
            var read = new BoundSchema(AvroSchema.Parse(reader)).Read(AvroSchema.Parse(writer), Convert.FromHexString(record));
            Assert.True(text.GetString() == read, $"{program}: {text}\nwe:   {read}\nwriter {writer}\nreader {reader}\nrecord {record}");
            _ = hex is null ? theirs++ : ours++;
        }

        Assert.Equal((Schemas * RecordsOfEach / 2, Schemas * RecordsOfEach / 2), (ours, theirs));
    }

    // Half of the records are written here, and half by the other side.
    private static List<(string Writer, string Reader, string? Hex)> Cases(RandomSchemas random)
    {
        var cases = new List<(string, string, string?)>();
        var bytes = new AvroWriter();
        for (var i = 0; i < Schemas; i++)
        {
            var (writer, reader) = random.Pair();
            var schema = AvroSchema.Parse(writer.ToJsonString());
            for (var record = 0; record < RecordsOfEach; record++)
            {
                bytes.Clear();
                random.Write(bytes, schema);
                cases.Add((writer.ToJsonString(), reader.ToJsonString(), record % 2 == 0 ? Convert.ToHexStringLower(bytes.Written) : null));
            }
        }

        return cases;
    }

    private static async Task<List<JsonElement>> AskAsync(string program, string script, List<(string Writer, string Reader, string? Hex)> cases)
    {
        using var process = Process.Start(new ProcessStartInfo(program, [script]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        using var limit = new CancellationTokenSource(Limit);
        await using var stop = limit.Token.Register(process.Kill);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        var send = Task.Run(async () =>
        {
            foreach (var (writer, reader, hex) in cases)
            {
                await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(new { writer, reader, hex }));
            }

            process.StandardInput.Close();
        });
        var replies = new List<JsonElement>();
        while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            replies.Add(JsonSerializer.Deserialize<JsonElement>(line));
        }

        await send;
        await process.WaitForExitAsync(limit.Token);
        Assert.True(replies.Count == cases.Count, $"{program} answered {replies.Count} of {cases.Count}: {await errors}");
        return replies;
    }

    private static string Script(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "tests", "clients", name)))
        {
            folder = folder.Parent;
        }

        Assert.True(folder is not null, $"tests/clients/{name} is not above {AppContext.BaseDirectory}.");
        Assert.True(Directory.Exists(Path.Combine(folder.FullName, "tests", "clients", "node_modules")), "Run npm ci in tests/clients first.");
        return Path.Combine(folder.FullName, "tests", "clients", name);
    }
}
