using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Analytics.Api.Questions;

/// <summary>A question of a tenant, by which its answer is found: equal for questions that differ only in the order of their parts.</summary>
/// <param name="Question">Name of the kind of question, such as <c>history</c>; a label of metrics, so one of few.</param>
/// <param name="Tenant">Whose figures. It is no part of the hash, so that no two tenants can ever share an answer.</param>
/// <param name="Hash">128 bits of the SHA-256 of what was asked, in a canonical form.</param>
internal readonly record struct AnswerKey(string Question, long Tenant, UInt128 Hash)
{
    // The key is a right, not a part of the question: two keys that may read the same tenant share its answers.
    private const string KeyParameter = "key";

    /// <summary>A question asked by the parameters of an address, as they were asked: "the last 30 days" is one question at any time of the day.</summary>
    public static AnswerKey Of(string question, long tenant, IQueryCollection query)
    {
        var canonical = new StringBuilder();
        var asked = query.Select(one => (Name: one.Key.ToLowerInvariant(), one.Value)).Where(one => one.Name != KeyParameter);
        foreach (var (name, values) in asked.OrderBy(one => one.Name, StringComparer.Ordinal))
        {
            foreach (var value in values)
            {
                // Lengths keep "a=1" "b" apart from "a" "1b".
                canonical.Append(name.Length).Append(':').Append(name).Append(value?.Length ?? 0).Append('=').Append(value);
            }
        }

        return Of(question, tenant, canonical.ToString());
    }

    /// <summary>A question asked in JSON: neither the order of properties nor white space counts.</summary>
    public static AnswerKey Of(string question, long tenant, JsonElement body)
    {
        var canonical = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(canonical))
        {
            Write(body, json);
        }

        return Of(question, tenant, canonical.WrittenSpan);
    }

    /// <summary>A question that has a canonical text of its own.</summary>
    public static AnswerKey Of(string question, long tenant, string canonical) => Of(question, tenant, Encoding.UTF8.GetBytes(canonical));

    /// <summary>A question by the bytes in which it came: equal ones are the same question, others may be as well.</summary>
    public static AnswerKey AsCame(string question, long tenant, in ReadOnlySequence<byte> body) =>
        Of(question, tenant, body.IsSingleSegment ? body.FirstSpan : body.ToArray());

    private static AnswerKey Of(string question, long tenant, ReadOnlySpan<byte> canonical)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(canonical, hash);
        return new(question, tenant, BinaryPrimitives.ReadUInt128BigEndian(hash));
    }

    private static void Write(JsonElement value, Utf8JsonWriter json)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                foreach (var property in value.EnumerateObject().OrderBy(property => property.Name, StringComparer.Ordinal))
                {
                    json.WritePropertyName(property.Name);
                    Write(property.Value, json);
                }

                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    Write(item, json);
                }

                json.WriteEndArray();
                break;
            default:
                value.WriteTo(json);
                break;
        }
    }
}
