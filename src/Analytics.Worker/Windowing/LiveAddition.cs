using Analytics.Storage.Redis;

namespace Analytics.Worker.Windowing;

/// <summary>What a lane has counted for one tenant and minute since its last live flush.</summary>
internal readonly record struct LiveAddition(ulong Tenant, int Minute, LiveFigures Figures);

/// <summary>A user who was active in a minute (Unix minutes).</summary>
internal readonly record struct LiveVisitor(ulong Tenant, int Minute, ulong UserHash);
