namespace Analytics.Cli;

/// <summary>What the program's end says to a script.</summary>
internal static class ExitCode
{
    /// <summary>Done, and every check held.</summary>
    public const int Ok = 0;

    /// <summary>A check did not hold.</summary>
    public const int CheckFailed = 1;

    /// <summary>The words or settings are wrong.</summary>
    public const int Usage = 2;

    /// <summary>Something that is needed cannot be reached.</summary>
    public const int Unreachable = 3;

    /// <summary>Ended by Ctrl-C.</summary>
    public const int Interrupted = 130;
}
