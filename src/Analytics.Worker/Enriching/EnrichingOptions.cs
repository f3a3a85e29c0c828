namespace Analytics.Worker.Enriching;

/// <summary>Settings of the step that judges and completes events.</summary>
internal sealed class EnrichingOptions
{
    /// <summary>The limits of the rules.</summary>
    public RulesOptions Rules { get; set; } = new();

    /// <summary>
    /// Files of IP ranges with their countries, see <see cref="CountryTable"/>. Default none: only countries that producers give are known,
    /// others are empty. A file that is named and missing ends the process at start.
    /// </summary>
    public IList<string> CountryTables { get; } = [];

    /// <summary>File of the user agents that are programs, see <see cref="Enriching.BotTable"/>. Default null: the table that this build carries.</summary>
    public string? BotTable { get; set; }
}
