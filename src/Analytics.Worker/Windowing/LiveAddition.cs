using Analytics.Storage.Redis;

namespace Analytics.Worker.Windowing;

/// <summary>What a lane has counted for one tenant and minute (Unix minutes) since its last live flush.</summary>
internal readonly record struct LiveAddition(ulong Tenant, int Minute, LiveFigures Figures);
