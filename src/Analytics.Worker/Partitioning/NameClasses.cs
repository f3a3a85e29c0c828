using Analytics.Core.Avro;

namespace Analytics.Worker.Partitioning;

/// <summary>How an event name is treated before it is counted.</summary>
internal enum NameClass : byte
{
    /// <summary>Not looked at yet.</summary>
    Unknown,

    /// <summary>It takes a place in its tenant's budget.</summary>
    Plain,

    /// <summary>Figures are about it: it takes no place, and is never sampled.</summary>
    Business,

    /// <summary>Sampled by user; what is kept takes a place.</summary>
    Debug,
}

/// <summary>Tells the class of an event name by its word id.</summary>
/// <param name="words">The chunk's.</param>
/// <param name="debugNames">Beginnings of sampled names, parted by commas.</param>
/// <param name="keyEvents">Names that are business besides the built-in ones, parted by commas.</param>
internal sealed class NameClasses(Words words, string debugNames, string keyEvents)
{
    private static readonly string[] Business =
        ["page_view", "product_view", "add_to_cart", "checkout_start", "order_placed", "order_cancelled", "order_refunded", "stock_level"];

    private readonly string[] _debug = Parts(debugNames);
    private readonly HashSet<string> _business = new([.. Business, .. Parts(keyEvents)], StringComparer.Ordinal);
    private NameClass[] _classes = new NameClass[64];

    /// <summary>The class of a name.</summary>
    public NameClass Of(int name)
    {
        if (name >= _classes.Length)
        {
            Array.Resize(ref _classes, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)name + 1));
        }

        ref var known = ref _classes[name];
        return known != NameClass.Unknown ? known : known = Classify(System.Text.Encoding.UTF8.GetString(words[name]));
    }

    private NameClass Classify(string name) => _business.Contains(name) ? NameClass.Business
        : Array.Exists(_debug, start => name.StartsWith(start, StringComparison.Ordinal)) ? NameClass.Debug
        : NameClass.Plain;

    private static string[] Parts(string list) => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
