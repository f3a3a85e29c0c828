namespace Analytics.Api.Exporting;

/// <summary>Settings of exports. Section <c>Exporting</c>.</summary>
public sealed class ExportingOptions
{
    /// <summary>
    /// Folder of DejaVuSans.ttf and DejaVuSans-Bold.ttf. Default: where Debian's package fonts-dejavu-core puts them, which <c>make setup</c> and the image install.
    /// Where they are missing, export.pdf is answered with 503 and says so.
    /// </summary>
    public string FontFolder { get; set; } = "/usr/share/fonts/truetype/dejavu";

    /// <summary>Reports that are drawn at once. Default 1: one takes some tens of milliseconds of a core, and the others wait for it.</summary>
    public int ReportsAtOnce { get; set; } = 1;

    /// <summary>Checks the numbers.</summary>
    /// <exception cref="InvalidOperationException">One of them cannot be.</exception>
    public void Validate()
    {
        if (ReportsAtOnce < 1)
        {
            throw new InvalidOperationException($"Exporting__{nameof(ReportsAtOnce)} is {ReportsAtOnce}: expected 1 or more.");
        }
    }
}
