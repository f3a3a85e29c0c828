using System.Globalization;

namespace Analytics.Benchmarks.Harness;

/// <summary>What was asked for on the command line.</summary>
internal sealed record BenchOptions
{
    /// <summary>How it is called.</summary>
    public const string Usage = """
        bench [--only 3,6] [--keep] [--quick]
          --only   the rows with these numbers; 3 means its variants too
          --keep   with --only: put these rows into load-tests/results/latest.json and README.md beside the others
          --quick  a small workload, to see that the rows run; keeps nothing
        Without arguments: all rows, and both files are written anew.
        """;

    /// <summary>The numbers of the rows; null for all.</summary>
    public IReadOnlyList<string>? Only { get; private init; }

    /// <summary>Keep the rows of <see cref="Only"/>.</summary>
    public bool IsKept { get; private init; }

    /// <summary>A small workload, nothing is kept.</summary>
    public bool IsQuick { get; private init; }

    /// <summary>Events of a workload.</summary>
    public int Events => IsQuick ? 50_000 : 1_000_000;

    /// <summary>Cells of two months that questions are asked about.</summary>
    public long Cells => IsQuick ? 600_000 : 30_000_000;

    /// <summary>Raw events of a month that questions are asked about.</summary>
    public long RawEvents => IsQuick ? 300_000 : 10_000_000;

    /// <summary>Partitions of the topic.</summary>
    public int Partitions => 4;

    /// <summary>Reads the command line.</summary>
    /// <exception cref="ArgumentException">It says something that is not known.</exception>
    public static BenchOptions Parse(string[] arguments)
    {
        var options = new BenchOptions();
        for (var i = 0; i < arguments.Length; i++)
        {
            options = arguments[i] switch
            {
                "--quick" => options with { IsQuick = true },
                "--keep" => options with { IsKept = true },
                "--only" when i + 1 < arguments.Length => options with { Only = arguments[++i].Split(',', StringSplitOptions.RemoveEmptyEntries) },
                var other => throw new ArgumentException($"'{other}' is not an option.\n{Usage}"),
            };
        }

        return options;
    }

    /// <summary>Whether a row was asked for.</summary>
    public bool Wants(int number) => Only is null || Only.Contains(number.ToString(CultureInfo.InvariantCulture));
}
