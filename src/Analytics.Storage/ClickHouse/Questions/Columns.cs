using Analytics.Core.Questions;

namespace Analytics.Storage.ClickHouse.Questions;

/// <summary>Where the catalogue's properties stand in the tables. The only place that makes an identifier of a property.</summary>
internal static class Columns
{
    /// <summary>The table of this name.</summary>
    public static string Table(Facts table) => table switch
    {
        Facts.Cells => "cells FINAL",
        Facts.Uniques => "uniques",
        Facts.Events => "events FINAL",
        Facts.OrderLines => "order_lines FINAL",
        _ => throw new ArgumentOutOfRangeException(nameof(table), table, "Expected one table."),
    };

    /// <summary>The table of the same sums, or sketches, of a unit of time.</summary>
    public static string Table(Facts table, CoverLevel level) => (table, level) switch
    {
        (Facts.Cells or Facts.Uniques, CoverLevel.Minutes) => Table(table),
        (Facts.Cells, CoverLevel.Hours) => "cells_1h FINAL",
        (Facts.Cells, CoverLevel.Days) => "cells_1d FINAL",
        (Facts.Uniques, CoverLevel.Hours) => "uniques_1h",
        (Facts.Uniques, CoverLevel.Days) => "uniques_1d",
        _ => throw new ArgumentOutOfRangeException(nameof(table), table, "Expected cells or sketches, of minutes, hours or days."),
    };

    /// <summary>What an answer calls the sources that a table was read from: sketches stand beside the cells of the same minutes and go by their name.</summary>
    public static IEnumerable<string> Sources(Facts table, Cover cover) => table switch
    {
        Facts.Cells or Facts.Uniques when cover.Parts.Count == 0 => ["cells"],
        Facts.Cells or Facts.Uniques => cover.Parts.Select(part => part.Level switch
        {
            CoverLevel.Minutes => "cells",
            CoverLevel.Hours => "cells_1h",
            CoverLevel.Days => "cells_1d",
            _ => throw new ArgumentOutOfRangeException(nameof(cover), part.Level, "Not a level."),
        }),
        Facts.Events => ["events"],
        Facts.OrderLines => ["order_lines"],
        _ => throw new ArgumentOutOfRangeException(nameof(table), table, "Expected one table."),
    };

    /// <summary>The column of the time of a table's rows.</summary>
    public static string Time(Facts table) => table is Facts.Cells or Facts.Uniques ? "window" : "event_time";

    /// <summary>A property's value as an expression.</summary>
    public static Sql Of(Statement statement, Property property, Facts table)
    {
        if (!property.In.HasFlag(table) && !property.AddedIn.HasFlag(table))
        {
            throw new ArgumentException($"The property {property.Name} is not known in {table}.", nameof(property));
        }

        if (property.IsCustom)
        {
            return new($"properties[{statement.Value(property.CustomName, "String")}]");
        }

        // By the catalogue's object, not by the name that came in.
        var known = Catalogue.Find(property.Name) ?? throw new ArgumentException($"'{property.Name}' is not in the catalogue.", nameof(property));
        return new(known.Name switch
        {
            "page" => "cutQueryStringAndFragment(url)",
            _ => known.Name,
        });
    }

    /// <summary>A property's value as text, as groups are named.</summary>
    public static Sql Label(Statement statement, Property property, Facts table) => new($"toString({Of(statement, property, table)})");

    /// <summary>A property's value as a number; NULL where it has none.</summary>
    public static Sql Number(Statement statement, Property property, Facts table)
    {
        var column = Of(statement, property, table);
        return property.IsCustom ? new($"toFloat64OrNull({column})") : column;
    }
}
