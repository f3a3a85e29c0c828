using System.Globalization;

namespace Analytics.Local.Supervising;

/// <summary>What the person at the terminal reads: progress and faults on standard error, the one Ready line on standard output.</summary>
internal sealed class StackConsole(TimeProvider time, TextWriter output, TextWriter errors)
{
    private readonly long _started = time.GetTimestamp();
    private readonly TextWriter _errors = TextWriter.Synchronized(errors);

    /// <summary>A line of progress, with the seconds since the start.</summary>
    public void Say(string line) =>
        _errors.WriteLine(string.Create(CultureInfo.InvariantCulture, $"stack: {time.GetElapsedTime(_started).TotalSeconds,5:0.0} s  {line}"));

    /// <summary>A fault of one part; every line of it carries the part's name.</summary>
    public void Fault(string part, string message)
    {
        foreach (var line in message.Split('\n'))
        {
            _errors.WriteLine($"{part}: {line}");
        }
    }

    /// <summary>The line that scripts wait for.</summary>
    public void Ready(string url)
    {
        output.WriteLine($"Ready: {url}");
        output.Flush();
    }
}
