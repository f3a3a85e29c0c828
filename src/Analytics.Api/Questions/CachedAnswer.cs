using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Analytics.Api.Replies;

namespace Analytics.Api.Questions;

/// <summary>An answer as it goes out: its JSON, made once.</summary>
/// <param name="Json">The reply, UTF-8.</param>
/// <param name="Source">Where its figures are from.</param>
/// <param name="IsStale">They were old when it was made.</param>
/// <param name="MadeAt">Timestamp of the clock when the question was put to the store.</param>
/// <param name="FreshFor">How long it is given again.</param>
internal sealed record CachedAnswer(byte[] Json, string Source, bool IsStale, long MadeAt, TimeSpan FreshFor)
{
    private string? _tag;

    /// <summary>Names these bytes, for <c>If-None-Match</c>; weak, because they may be packed on the way.</summary>
    public string Tag => _tag ??= $"W/\"{Convert.ToHexStringLower(SHA256.HashData(Json).AsSpan(0, 12))}\"";

    /// <summary>The same figures, said to be old.</summary>
    public CachedAnswer AsStale()
    {
        var reply = JsonNode.Parse(Json)!;
        reply["stale"] = true;
        return this with { Json = JsonSerializer.SerializeToUtf8Bytes(reply, ReplyJson.Options), IsStale = true, _tag = null };
    }
}
