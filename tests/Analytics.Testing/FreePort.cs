using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Analytics.Testing;

/// <summary>TCP ports of 127.0.0.1 that nobody listens on.</summary>
/// <remarks>
/// Below the range (32768 and up) from which the system gives ports to outgoing connections: one of those would be taken by any client
/// between the look and the use. They are given in turn from a random one on: none twice in a process soon, and another process is mostly elsewhere.
/// </remarks>
public static class FreePort
{
    private const int Lowest = 12_000;
    private const int Highest = 32_000;
    private static int _given = RandomNumberGenerator.GetInt32(Highest - Lowest);

    /// <summary>A port that was free a moment ago. Take it soon: it is not reserved.</summary>
    public static int Next() => Next(1)[0];

    /// <summary>Several different ports that were free a moment ago.</summary>
    public static int[] Next(int count)
    {
        var ports = new HashSet<int>();
        while (ports.Count < count)
        {
            var port = Lowest + (Interlocked.Increment(ref _given) % (Highest - Lowest));
            if (IsFree(port))
            {
                ports.Add(port);
            }
        }

        return [.. ports];
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return false;
        }
    }
}
