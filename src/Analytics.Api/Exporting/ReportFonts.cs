namespace Analytics.Api.Exporting;

/// <summary>The fonts of reports, from files, so that a report looks the same wherever it was made and read. Any thread.</summary>
internal sealed class ReportFonts(ExportingOptions options)
{
    private const string Regular = "DejaVuSans.ttf";
    private const string Bold = "DejaVuSans-Bold.ttf";

    private readonly Lock _reading = new();
    private (TrueTypeFont Regular, TrueTypeFont Bold)? _faces;

    /// <summary>The two faces, read once.</summary>
    /// <exception cref="Problem">503: a file is missing.</exception>
    public (TrueTypeFont Regular, TrueTypeFont Bold) Faces()
    {
        lock (_reading)
        {
            return _faces ??= (Read(Regular), Read(Bold));
        }
    }

    private TrueTypeFont Read(string file)
    {
        var path = Path.Combine(options.FontFolder, file);
        return File.Exists(path)
            ? new(File.ReadAllBytes(path))
            : throw Problem.Away("fonts", $"Expected {file} in the folder that Exporting__FontFolder names; it is not there. Whoever runs this server installs it (Debian: fonts-dejavu-core); export.csv needs none.");
    }
}
