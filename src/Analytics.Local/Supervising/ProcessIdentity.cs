using System.Globalization;
using System.Runtime.InteropServices;

namespace Analytics.Local.Supervising;

/// <summary>One process of this machine for certain: its id and when it started, because ids are given again.</summary>
/// <param name="Id">Process id.</param>
/// <param name="Started">Clock ticks since the machine's start (field 22 of /proc/<i>id</i>/stat).</param>
internal readonly partial record struct ProcessIdentity(int Id, long Started)
{
    /// <summary>Whether it still runs (one that has ended and waits for its parent does not).</summary>
    public bool IsRunning => Of(Id) == this;

    /// <summary>The process that has this id now; null when none has.</summary>
    public static ProcessIdentity? Of(int id)
    {
        try
        {
            // The second field is the program's name in parentheses and may hold anything: count from the last one.
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : new(id, long.Parse(fields[19], CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote; null when there is no such file or it is not whole.</summary>
    public static ProcessIdentity? Read(string file)
    {
        if (!File.Exists(file))
        {
            return null;
        }

        var fields = File.ReadAllText(file).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return fields is [var id, var started]
            && int.TryParse(id, CultureInfo.InvariantCulture, out var number)
            && long.TryParse(started, CultureInfo.InvariantCulture, out var ticks)
            ? new(number, ticks)
            : null;
    }

    /// <summary>Keeps it in a pidfile.</summary>
    public void Write(string file) => File.WriteAllText(file, string.Create(CultureInfo.InvariantCulture, $"{Id} {Started}\n"));

    /// <summary>Sends it a signal if it still runs.</summary>
    public void Signal(int signal)
    {
        if (IsRunning)
        {
            _ = Send(Id, signal);
        }
    }

    /// <summary>Sends a signal to it and all that it started, if it still runs.</summary>
    public void SignalGroup(int signal)
    {
        if (IsRunning)
        {
            _ = Send(-Id, signal);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Send(int process, int signal);
}
