namespace Analytics.Storage.ClickHouse;

/// <summary>One visit: a chain of events of one user with less than 30 minutes between them, or what the client called a session.</summary>
/// <param name="User">Hash of the user id.</param>
/// <param name="ClientSession">Hash of user and session id; 0 when the client gave none.</param>
/// <param name="Start">Time of the first event.</param>
/// <param name="End">Time of the last event.</param>
/// <param name="Events">Events of any name.</param>
/// <param name="PageViews">Events named page_view.</param>
/// <param name="KeyEvents">Events that make a session engaged.</param>
/// <param name="Orders">Events named order_placed.</param>
/// <param name="Entry">Page of the first event that names one; empty where none does.</param>
/// <param name="Exit">Page of the last event that names one.</param>
/// <param name="Source">Channel of the first event.</param>
/// <param name="Campaign">Campaign of the first event.</param>
/// <param name="IsBot">Whether one of the events is a bot's.</param>
public sealed record Session(
    ulong User, ulong ClientSession, DateTimeOffset Start, DateTimeOffset End, long Events, long PageViews, long KeyEvents, long Orders,
    string Entry, string Exit, string Source, string Campaign, bool IsBot)
{
    /// <summary>From the first event to the last.</summary>
    public TimeSpan Duration => End - Start;

    /// <summary>A session of a single event.</summary>
    public bool IsBounce => Events == 1;

    /// <summary>Longer than 10 seconds, or of two pages or more, or with an event that counts as one by itself.</summary>
    public bool IsEngaged => Duration > TimeSpan.FromSeconds(10) || PageViews >= 2 || KeyEvents > 0;
}

/// <summary>Figures of sessions.</summary>
/// <param name="Group">What they have in common: a source, a page, a campaign; empty for all.</param>
/// <param name="Sessions">Sessions.</param>
/// <param name="Bounces">Those of a single event.</param>
/// <param name="Engaged">Those that were engaged.</param>
/// <param name="PageViews">Page views in them.</param>
/// <param name="Orders">Orders in them.</param>
/// <param name="Duration">Their durations, added up.</param>
public sealed record SessionFigures(string Group, long Sessions, long Bounces, long Engaged, long PageViews, long Orders, TimeSpan Duration);

/// <summary>What sessions are grouped by.</summary>
public enum SessionGroup
{
    /// <summary>All together.</summary>
    All,

    /// <summary>Channel of the first event.</summary>
    Source,

    /// <summary>Campaign of the first event.</summary>
    Campaign,

    /// <summary>Page of the first event.</summary>
    Entry,

    /// <summary>Page of the last event.</summary>
    Exit,
}
