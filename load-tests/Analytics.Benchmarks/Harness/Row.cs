namespace Analytics.Benchmarks.Harness;

/// <summary>A row of the results: a ratio to a reference, or a level that stands for itself.</summary>
/// <param name="Number">Its number in the table of goals; with a letter where a row has variants.</param>
/// <param name="Name">What is compared with what, or what is measured.</param>
/// <param name="Unit">Unit of the value: <see cref="Times"/> for a ratio.</param>
/// <param name="Value">Median over the pairs, or the level.</param>
/// <param name="Min">The lowest pair or measurement.</param>
/// <param name="Max">The highest pair or measurement.</param>
/// <param name="Goal">What it should come to; null for a row that is printed for what it tells.</param>
/// <param name="Ours">Our side, where it has a rate.</param>
/// <param name="Reference">The other side of a ratio.</param>
internal sealed record Row(string Number, string Name, string Unit, double Value, double Min, double Max, Goal? Goal, Side? Ours = null, Side? Reference = null)
{
    /// <summary>The unit of a ratio.</summary>
    public const string Times = "times";

    /// <summary>When it was measured, UTC; set as the results are written.</summary>
    public string? At { get; init; }

    /// <summary>Whether the value meets the goal's limit; null without a goal.</summary>
    public bool? Met => Goal?.IsMetBy(Value);
}

/// <summary>One side's pace.</summary>
/// <param name="Rate">Median rate, in <paramref name="Unit"/>.</param>
/// <param name="Unit">For example events/s.</param>
/// <param name="CpuMicroseconds">Median CPU time for one of them, of the process that did the work.</param>
internal sealed record Side(double Rate, string Unit, double CpuMicroseconds);

/// <summary>What a row should come to.</summary>
/// <param name="Direction"><see cref="AtLeast"/> or <see cref="AtMost"/>.</param>
/// <param name="Limit">What must be met; null where there is only an aim.</param>
/// <param name="Aim">What would be excellent.</param>
internal sealed record Goal(string Direction, double? Limit, double Aim)
{
    /// <summary>More is better.</summary>
    public const string AtLeast = "at least";

    /// <summary>Less is better.</summary>
    public const string AtMost = "at most";

    /// <summary>More is better.</summary>
    public static Goal Least(double limit, double aim) => new(AtLeast, limit, aim);

    /// <summary>Less is better.</summary>
    public static Goal Most(double? limit, double aim) => new(AtMost, limit, aim);

    /// <summary>Whether a value meets the limit, or the aim where there is no limit.</summary>
    public bool IsMetBy(double value) => IsWithin(value, Limit ?? Aim);

    /// <summary>Whether a value meets the aim.</summary>
    public bool IsReachedBy(double value) => IsWithin(value, Aim);

    private bool IsWithin(double value, double bound) => Direction == AtLeast ? value >= bound : value <= bound;
}
