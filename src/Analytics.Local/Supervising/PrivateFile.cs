namespace Analytics.Local.Supervising;

/// <summary>Writes files that hold secrets: whole or not at all, for their owner only.</summary>
internal static class PrivateFile
{
    /// <summary>Replaces the file by this text.</summary>
    public static void Write(string file, string text)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException("The one-machine stack runs on Linux.");
        }

        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        var whole = file + ".new";
        File.Delete(whole);
        using (var writer = new StreamWriter(whole, options))
        {
            writer.Write(text);
        }

        File.Move(whole, file, overwrite: true);
    }
}
