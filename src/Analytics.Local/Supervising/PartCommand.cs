namespace Analytics.Local.Supervising;

/// <summary>How a <see cref="PartProcess"/> is started and asked to stop.</summary>
/// <param name="Name">What messages call it, e.g. <c>worker</c>.</param>
/// <param name="Program">The program, by path or found on PATH.</param>
/// <param name="Arguments">Its arguments, unquoted.</param>
internal sealed record PartCommand(string Name, string Program, params IReadOnlyList<string> Arguments)
{
    /// <summary>SIGTERM's number: what a part is stopped by unless it says otherwise.</summary>
    public const int Terminate = 15;

    /// <summary>SIGINT's number: PostgreSQL's "fast" stop, which does not wait for its clients to leave.</summary>
    public const int Interrupt = 2;

    /// <summary>Added to the environment of this process; a null value removes a variable.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>The system user to run as; null keeps ours. Needs root.</summary>
    public string? User { get; init; }

    /// <summary>The folder it starts in; null keeps ours.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>A file that all output is appended to; null keeps only the last lines, in memory.</summary>
    public string? LogFile { get; init; }

    /// <summary>Which line of its output says that it serves. Default: one beginning with <c>ready </c>, as every program of this solution prints.</summary>
    public Func<string, bool> IsReadyLine { get; init; } = line => line.StartsWith("ready ", StringComparison.Ordinal);

    /// <summary>Sent by <see cref="PartProcess.StopAsync"/>, and by the kernel when we die.</summary>
    public int StopSignal { get; init; } = Terminate;

    /// <summary>A program of this solution, run by the <c>dotnet</c> that runs us.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="assembly">The project, e.g. <c>Analytics.Worker</c>.</param>
    /// <param name="arguments">Its arguments, unquoted.</param>
    public static PartCommand Dotnet(string name, string assembly, params IReadOnlyList<string> arguments) =>
        new(name, ProgramFiles.Dotnet, [ProgramFiles.PathOf(assembly), .. arguments]);
}
