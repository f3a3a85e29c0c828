using System.Net;
using System.Net.Sockets;

namespace Analytics.Testing;

/// <summary>TCP ports of 127.0.0.1 that nobody listens on.</summary>
public static class FreePort
{
    /// <summary>A port that was free a moment ago. Take it soon: it is not reserved.</summary>
    public static int Next() => Next(1)[0];

    /// <summary>Several different ports that were free a moment ago.</summary>
    public static int[] Next(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        try
        {
            listeners.ForEach(listener => listener.Start());
            return [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        }
        finally
        {
            listeners.ForEach(listener => listener.Dispose());
        }
    }
}
