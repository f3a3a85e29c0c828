using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Analytics.Core.Tests.Avro.Fuzzing;

/// <summary>Another implementation of Avro, as a script that reads a file of schemas and records and writes a file of what they mean.</summary>
internal sealed record OtherReader(string Name, string Program, string Script)
{
    public static readonly OtherReader Avsc = new("avsc", "node", "avsc-agreement.mjs");
    public static readonly OtherReader Python = new("python3-avro", "/usr/bin/python3", "python-avro-agreement.py");
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    /// <summary>What it makes of each pair's records; the answers lie in the order of the questions.</summary>
    public async Task<List<List<Answer>>> AskAsync(IReadOnlyList<Question> questions)
    {
        var folder = Directory.CreateTempSubdirectory("avro-agreement-");
        try
        {
            var (asked, answered) = (Path.Combine(folder.FullName, "asked"), Path.Combine(folder.FullName, "answered"));
            await File.WriteAllLinesAsync(asked, questions.Select(question => JsonSerializer.Serialize(question)));
            var errors = await RunAsync(asked, answered);
            var answers = new List<List<Answer>>();
            await foreach (var line in File.ReadLinesAsync(answered))
            {
                answers.Add(JsonSerializer.Deserialize<List<Answer>>(line)!);
            }

            Assert.True(answers.Count == questions.Count, $"{Name} answered {answers.Count} of {questions.Count}: {errors}");
            return answers;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task<string> RunAsync(string asked, string answered)
    {
        using var process = Process.Start(new ProcessStartInfo(Program, [Path.Combine(Folder(), Script), asked, answered]) { RedirectStandardError = true })!;
        using var limit = new CancellationTokenSource(Limit);
        await using var stop = limit.Token.Register(process.Kill);
        var errors = await process.StandardError.ReadToEndAsync(CancellationToken.None);
        await process.WaitForExitAsync(CancellationToken.None);
        Assert.True(process.ExitCode == 0, $"{Name} ended with {process.ExitCode}, after at most {Limit}: {errors}");
        return errors;
    }

    private static string Folder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !Directory.Exists(Path.Combine(folder.FullName, "tests", "clients")))
        {
            folder = folder.Parent;
        }

        Assert.True(folder is not null, $"tests/clients is not above {AppContext.BaseDirectory}.");
        var clients = Path.Combine(folder.FullName, "tests", "clients");
        Assert.True(Directory.Exists(Path.Combine(clients, "node_modules")), "Run npm ci in tests/clients first.");
        return clients;
    }
}

/// <summary>A pair of schemas and records in hex; null for one that the other side makes.</summary>
internal sealed record Question(
    [property: JsonPropertyName("writer")] string Writer, [property: JsonPropertyName("reader")] string Reader, [property: JsonPropertyName("records")] IReadOnlyList<string?> Records);

/// <summary>What another implementation makes of a record.</summary>
/// <param name="Text">What it holds, as <see cref="BoundSchema"/> says it; null when it is refused.</param>
/// <param name="Error">Why it is refused.</param>
/// <param name="Made">The record in hex, when the other side made it.</param>
/// <param name="Odd">Where that implementation is known to differ from the specification, what of that the record holds.</param>
internal sealed record Answer(
    [property: JsonPropertyName("t")] string? Text,
    [property: JsonPropertyName("e")] string? Error,
    [property: JsonPropertyName("h")] string? Made,
    [property: JsonPropertyName("o")] IReadOnlyList<string>? Odd);
