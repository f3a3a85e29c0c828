namespace Analytics.Worker.Tests.Configuring;

/// <summary>A clock that stands until a test moves it.</summary>
internal sealed class MovedTime(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}
