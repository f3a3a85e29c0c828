using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Analytics.Api.Tests.Fuzzing;

/// <summary>Breaks the example of a body in a few places: in its structure, so that what is broken is reached, or in its bytes.</summary>
internal static class BodyMutation
{
    private const string Mark = "@strange:";

    /// <summary>The example with one to three changes; sometimes any bytes at all.</summary>
    public static byte[] Of(string example, Random random)
    {
        if (random.Next(25) == 0)
        {
            var noise = new byte[random.Next(200)];
            random.NextBytes(noise);
            return noise;
        }

        var text = random.Next(10) == 0 ? StrangeValues.Json[random.Next(StrangeValues.Json.Length)] : Structure(example, random);
        var bytes = Encoding.UTF8.GetBytes(text);
        return random.Next(6) == 0 && bytes.Length > 0 ? Damage(bytes, random) : bytes;
    }

    private static string Structure(string example, Random random)
    {
        var root = JsonNode.Parse(example)!;
        for (var changes = 1 + random.Next(3); changes > 0; changes--)
        {
            Change(root, random);
        }

        // What JSON nodes cannot hold is put in as text.
        var text = new StringBuilder(root.ToJsonString());
        for (var i = 0; i < StrangeValues.Json.Length; i++)
        {
            text.Replace(string.Create(CultureInfo.InvariantCulture, $"\"{Mark}{i}\""), StrangeValues.Json[i]);
        }

        return text.ToString();
    }

    private static void Change(JsonNode root, Random random)
    {
        var holders = new List<JsonNode>();
        Collect(root, holders);
        switch (holders[random.Next(holders.Count)])
        {
            case JsonObject { Count: > 0 } some:
                ChangeObject(some, some.ElementAt(random.Next(some.Count)).Key, random);
                break;
            case JsonObject none:
                none["strange"] = Strange(random);
                break;
            case JsonArray { Count: > 0 } items when random.Next(3) > 0:
                items[random.Next(items.Count)] = Strange(random);
                break;
            case JsonArray items:
                items.Add(items.Count > 0 && random.Next(2) == 0 ? items[0]!.DeepClone() : Strange(random));
                break;
        }
    }

    private static void ChangeObject(JsonObject some, string name, Random random)
    {
        switch (random.Next(6))
        {
            case 0:
                some.Remove(name);
                break;
            case 1:
                some[name + "x"] = some[name]?.DeepClone();
                break;
            case 2:
                some[StrangeName(random)] = Strange(random);
                break;
            default:
                some[name] = Strange(random);
                break;
        }
    }

    private static void Collect(JsonNode? node, List<JsonNode> holders)
    {
        if (node is JsonObject some)
        {
            holders.Add(some);
            foreach (var (_, value) in some)
            {
                Collect(value, holders);
            }
        }
        else if (node is JsonArray items)
        {
            holders.Add(items);
            foreach (var item in items)
            {
                Collect(item, holders);
            }
        }
    }

    private static byte[] Damage(byte[] bytes, Random random)
    {
        switch (random.Next(3))
        {
            case 0:
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                return bytes;
            case 1:
                return bytes[..random.Next(bytes.Length)];
            default:
                var at = random.Next(bytes.Length);
                return [.. bytes[..at], (byte)random.Next(256), .. bytes[at..]];
        }
    }

    private static string StrangeName(Random random) => ((string[])["", "key", "$ref", "__proto__", "Name", "NAME", "tenant", "\u00fc", "type"])[random.Next(9)];

    private static JsonNode Strange(Random random) => string.Create(CultureInfo.InvariantCulture, $"{Mark}{random.Next(StrangeValues.Json.Length)}");
}
