namespace Analytics.Core.Questions;

/// <summary>Between instants and the wall clock of a zone, where days are cut.</summary>
public static class ZonedTime
{
    /// <summary>What the wall clock shows.</summary>
    public static DateTime Local(DateTimeOffset instant, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(instant, zone).DateTime;

    /// <summary>
    /// The instant at which the wall clock shows <paramref name="local"/>, in UTC: the first where it shows it twice, and where it never does (the hour that spring
    /// leaves out) the instant at which the clock jumps over it.
    /// </summary>
    public static DateTimeOffset Instant(DateTime local, TimeZoneInfo zone)
    {
        local = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
        if (zone.IsInvalidTime(local))
        {
            return JumpOver(local, zone);
        }

        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }

    /// <summary>The start of the day in which <paramref name="instant"/> lies.</summary>
    public static DateTimeOffset StartOfDay(DateTimeOffset instant, TimeZoneInfo zone) => Instant(Local(instant, zone).Date, zone);

    // The offset before the gap, applied to the missing time, names an instant after the jump; the jump is where the clock first shows a later time.
    private static DateTimeOffset JumpOver(DateTime local, TimeZoneInfo zone)
    {
        var at = local;
        while (zone.IsInvalidTime(at))
        {
            at = at.AddMinutes(1);
        }

        return new DateTimeOffset(at, zone.GetUtcOffset(at)).ToUniversalTime();
    }
}
