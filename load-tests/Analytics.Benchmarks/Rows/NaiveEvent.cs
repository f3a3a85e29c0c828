using System.Text;

namespace Analytics.Benchmarks.Rows;

/// <summary>An event as an object with strings, see <see cref="NaiveGraph"/>.</summary>
internal sealed record NaiveEvent
{
    public Guid Id { get; init; }

    public long Tenant { get; init; }

    public string Name { get; init; } = "";

    public string UserId { get; init; } = "";

    public string? SessionId { get; init; }

    public long CreatedAt { get; init; }

    public long? SentAt { get; init; }

    public long? ReceivedAt { get; init; }

    public string? Url { get; init; }

    public string? Referrer { get; init; }

    public string? Ip { get; init; }

    public string? UserAgent { get; init; }

    public string? Country { get; init; }

    public string? Device { get; init; }

    public string? Campaign { get; init; }

    public string? ProductId { get; init; }

    public Dictionary<string, string> Properties { get; init; } = [];

    public string Source { get; init; } = "direct";

    public long EventTime { get; init; }

    public bool IsAccepted { get; init; }

    /// <summary>Reads one record with its header.</summary>
    public static NaiveEvent Read(ReadOnlyMemory<byte> record)
    {
        var reader = new NaiveReader(record.Span[5..]);
        return new NaiveEvent
        {
            Id = reader.Guid(),
            Tenant = reader.Long(),
            Name = reader.Text(),
            UserId = reader.Text(),
            SessionId = reader.OptionalText(),
            CreatedAt = reader.Long(),
            SentAt = reader.OptionalLong(),
            ReceivedAt = reader.OptionalLong(),
            Url = reader.OptionalText(),
            Referrer = reader.OptionalText(),
            Ip = reader.OptionalText(),
            UserAgent = reader.OptionalText(),
            Country = reader.OptionalText(),
            Device = reader.OptionalText(),
            Campaign = reader.OptionalText(),
            ProductId = reader.OptionalText(),
            Properties = reader.Map(),
            IsAccepted = true,
        };
    }

    /// <summary>Judges it and completes it.</summary>
    public NaiveEvent Enrich(long kafka)
    {
        var receipt = ReceivedAt ?? kafka;
        var time = SentAt is { } sent ? receipt - (sent - CreatedAt) : CreatedAt;
        return this with
        {
            EventTime = time,
            IsAccepted = Tenant > 0 && Name.Length is > 0 and <= 128 && UserId.Length is > 0 and <= 256 && Properties.Count <= 64
                && (Url?.Length ?? 0) <= 2_048 && time - receipt < 86_400_000 && kafka - time < 7 * 86_400_000L,
            Country = Country?.ToUpperInvariant(),
            Device = Device?.ToLowerInvariant(),
            Source = Campaign is not null ? "paid" : Referrer is not null ? "referral" : "direct",
        };
    }
}

/// <summary>Reads Avro binary, field by field.</summary>
internal ref struct NaiveReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _bytes = bytes;

    public long Long()
    {
        ulong value = 0;
        for (var (i, shift) = (0, 0); ; i++, shift += 7)
        {
            value |= (ulong)(_bytes[i] & 0x7F) << shift;
            if (_bytes[i] < 0x80)
            {
                _bytes = _bytes[(i + 1)..];
                return (long)(value >> 1) ^ -(long)(value & 1);
            }
        }
    }

    public Guid Guid()
    {
        var guid = new Guid(_bytes[..16], bigEndian: true);
        _bytes = _bytes[16..];
        return guid;
    }

    public string Text()
    {
        var length = (int)Long();
        var text = Encoding.UTF8.GetString(_bytes[..length]);
        _bytes = _bytes[length..];
        return text;
    }

    public string? OptionalText() => Long() == 0 ? null : Text();

    public long? OptionalLong() => Long() == 0 ? null : Long();

    public Dictionary<string, string> Map()
    {
        var map = new Dictionary<string, string>();
        for (var count = Long(); count > 0; count = Long())
        {
            for (; count > 0; count--)
            {
                map[Text()] = Text();
            }
        }

        return map;
    }
}
