using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Analytics.Core.Questions.Behind;

/// <summary>Makes the address that lists who is behind a figure.</summary>
/// <remarks>
/// The question goes along as it was asked, with its range as it was then, so that the list is of the same users tomorrow. Names in braces stand for members of the point
/// that is opened, <c>{figure}</c> for the name of the member itself.
/// </remarks>
public static class BehindLink
{
    // As of addresses that list events: beyond it some servers and clients cut them.
    private const int Longest = 4_000;

    /// <summary>The address; null for a question that is too long for one, which can be asked in a body.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="kind">The kind of the question, as its own address calls it.</param>
    /// <param name="question">The question as it came.</param>
    /// <param name="range">Its range.</param>
    /// <param name="now">When it was asked: what decides which windows were open.</param>
    /// <param name="point">The rest: which point, which figure. Begins with an ampersand.</param>
    public static string? Of(long tenant, string kind, QuestionNode question, TimeRange range, DateTimeOffset now, string point)
    {
        var address = string.Create(
            CultureInfo.InvariantCulture,
            $"/api/v1/analytics/{tenant}/behind?of={kind}&question={Uri.EscapeDataString(Asked(question, range))}&as_of={Uri.EscapeDataString(Text(now))}{point}");
        return address.Length <= Longest ? address : null;
    }

    /// <summary>The part of an address that names a group; nothing for everybody.</summary>
    public static string Of(PointGroup group) =>
        group.IsOther ? "&is_other=true" : group.Label is { } label ? "&label=" + Uri.EscapeDataString(label) : "";

    private static string Asked(QuestionNode question, TimeRange range)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            foreach (var (name, value) in question.Fields().DistinctBy(field => field.Name).Where(field => field.Name is not ("range" or "start" or "end")))
            {
                json.WritePropertyName(name);
                value.Json.WriteTo(json);
            }

            json.WriteString("start", Text(range.Start));
            json.WriteString("end", Text(range.End));
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static string Text(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture);
}
