using System.Globalization;
using System.Text.Unicode;

namespace Analytics.Storage.Redis;

/// <summary>The scripts that change live figures, and what they are given: everything of one tenant in few large arguments.</summary>
/// <remarks>A call into Redis costs a script about a microsecond, so it asks for all fields at once, sets them at once, and adds to a total once.</remarks>
internal static class LiveScripts
{
    /// <summary>Most parts of a call of <see cref="Apply"/>: Redis serves nobody else for some 5 ms. Lua hands on at most 8,000 values at once.</summary>
    public const int PartsPerCall = 500;

    /// <summary>Values of a part in its pack.</summary>
    public const int ValuesOfPart = 4 + LiveFigures.Count;

    /// <summary>Most users in one pack of <see cref="Visit"/>.</summary>
    public const int MembersPerArgument = 1_000;

    /// <summary>Users of a call of <see cref="Visit"/> after which another begins, for the same reason.</summary>
    public const int MembersPerCall = 4_000;

    /// <summary>Applies parts that are newer than what stands there; moves the totals of the day and the minutes by the difference.</summary>
    /// <remarks>
    /// KEYS: totals, minutes, parts. ARGV: time to live in seconds; a pack with 13 values for each part: field, the text that is stored, minute of the day, version,
    /// the nine figures. Numbers are doubles in Lua: exact to 9·10^15 minor units.
    /// </remarks>
    public const string Apply =
        """
        local names = {'revenue','orders','units','page_views','add_to_cart','checkout_starts','discount','refunds','events'}
        local stored = '^(%-?%d+)' .. string.rep(',(%-?%d+)', 9)
        local parts, fields, totals, sets, applied = cmsgpack.unpack(ARGV[2]), {}, {0, 0, 0, 0, 0, 0, 0, 0, 0}, {}, 0
        for i = 1, #parts, 13 do fields[#fields + 1] = parts[i] end
        local latest = {}
        for i, text in ipairs(redis.call('HMGET', KEYS[3], unpack(fields))) do latest[fields[i]] = text end
        for i = 1, #parts, 13 do
          local old = latest[parts[i]]
          local before = old and {string.match(old, stored)} or {}
          if not old or parts[i + 3] > tonumber(before[1]) then
            for f = 1, 9 do
              local difference = parts[i + 3 + f] - (before[f + 1] or 0)
              if difference ~= 0 then
                totals[f] = totals[f] + difference
                redis.call('HINCRBY', KEYS[2], parts[i + 2] .. ':' .. (f - 1), string.format('%.0f', difference))
              end
            end
            latest[parts[i]] = parts[i + 1]
            sets[#sets + 1] = parts[i]
            sets[#sets + 1] = parts[i + 1]
            applied = applied + 1
          end
        end
        for f = 1, 9 do
          if totals[f] ~= 0 then redis.call('HINCRBY', KEYS[1], names[f], string.format('%.0f', totals[f])) end
        end
        if applied > 0 then redis.call('HSET', KEYS[3], unpack(sets)) end
        for k = 1, 3 do redis.call('EXPIRE', KEYS[k], ARGV[1]) end
        return applied
        """;

    /// <summary>Adds users to HyperLogLogs of one tenant.</summary>
    /// <remarks>KEYS: one for each pack; a key may come again. ARGV: for each key its time to live in seconds and a pack of users, each as eight bytes.</remarks>
    public const string Visit =
        """
        for k = 1, #KEYS do
          redis.call('PFADD', KEYS[k], unpack(cmsgpack.unpack(ARGV[2 * k])))
          redis.call('EXPIRE', KEYS[k], ARGV[2 * k - 1])
        end
        return #KEYS
        """;

    private const int MinutesOfDay = 1_440;

    /// <summary>Adds a part as <see cref="Apply"/> wants it.</summary>
    public static void AddPart(ScriptPack pack, in LivePart part)
    {
        AddText(pack, Utf8.TryWrite(
            pack.BeginText(), CultureInfo.InvariantCulture, $"{part.Minute}:{part.Epoch:x}:{part.Topic}:{part.Partition}:{part.Chunk}", out var length), length);
        var f = part.Figures;
        AddText(pack, Utf8.TryWrite(
            pack.BeginText(), CultureInfo.InvariantCulture, $"{part.Version},{f[0]},{f[1]},{f[2]},{f[3]},{f[4]},{f[5]},{f[6]},{f[7]},{f[8]}", out length), length);
        pack.Add(part.Minute % MinutesOfDay);
        pack.Add(part.Version);
        for (var figure = 0; figure < LiveFigures.Count; figure++)
        {
            pack.Add(f[figure]);
        }
    }

    private static void AddText(ScriptPack pack, bool fits, int length)
    {
        if (!fits)
        {
            throw new InvalidOperationException($"Expected a part's name of at most {ScriptPack.LongestText} bytes, found a longer one: Kafka's topic names end at 249.");
        }

        pack.EndText(length);
    }
}
