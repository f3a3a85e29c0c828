using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Analytics.Local.Supervising;

/// <summary>Finds out whether a TCP port is taken, and by whom.</summary>
internal static class PortHolder
{
    private const string Listening = "0A";
    private static readonly string[] Tables = ["/proc/net/tcp", "/proc/net/tcp6"];

    /// <summary>Refuses to start on a port that somebody else listens on.</summary>
    /// <exception cref="StackException">One is taken; the message names port, part, holder and the setting to change.</exception>
    public static void RequireFree(IEnumerable<StackPort> ports)
    {
        var taken = ports.Where(port => !IsFree(port.Number)).Select(Describe).ToList();
        if (taken.Count > 0)
        {
            throw new StackException(string.Join('\n', taken) + $"\nOr move all ports at once: {StackPorts.OffsetSetting}=1000");
        }
    }

    /// <summary>Whether nobody listens on this port of 127.0.0.1.</summary>
    public static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException fault) when (fault.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            return false;
        }
    }

    /// <summary>The process that listens there, as <c>name (process 123)</c>; null when the kernel does not tell us.</summary>
    public static string? Find(int port)
    {
        var sockets = Tables.Where(File.Exists).SelectMany(file => Inodes(file, port)).ToHashSet();
        var holder = sockets.Count == 0 ? null : Directory.EnumerateDirectories("/proc").FirstOrDefault(process => Holds(process, sockets));
        return holder is null ? null : $"{ReadName(holder)} (process {Path.GetFileName(holder)})";
    }

    private static string Describe(StackPort port) =>
        $"Port {port.Number} of {port.Part} is taken by {Find(port.Number) ?? "a process that we may not see"}. Stop that, or set {port.Setting} to a free port.";

    private static IEnumerable<string> Inodes(string file, int port)
    {
        var suffix = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        return File.ReadLines(file).Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(field => field.Length > 9 && field[1].EndsWith(suffix, StringComparison.Ordinal) && field[3] == Listening)
            .Select(field => $"socket:[{field[9]}]");
    }

    private static bool Holds(string process, HashSet<string> sockets)
    {
        if (!int.TryParse(Path.GetFileName(process), CultureInfo.InvariantCulture, out _))
        {
            return false;
        }

        try
        {
            return Directory.EnumerateFileSystemEntries(Path.Combine(process, "fd")).Any(descriptor => new FileInfo(descriptor).LinkTarget is { } target && sockets.Contains(target));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // Another user's process, or one that has just ended.
            return false;
        }
    }

    private static string ReadName(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "comm")).Trim();
        }
        catch (IOException)
        {
            return "a process that has just ended";
        }
    }
}
