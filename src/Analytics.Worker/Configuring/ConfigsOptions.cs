using System.ComponentModel.DataAnnotations;

namespace Analytics.Worker.Configuring;

/// <summary>Where config versions come from. Section <c>Configs</c>.</summary>
internal sealed class ConfigsOptions
{
    /// <summary>
    /// Folder of config versions, one file <c>*.json</c> each, see <see cref="ConfigFile"/>; the same on every worker. Default null: version 1, the worker's
    /// settings, holds for all times.
    /// </summary>
    public string? Folder { get; set; }

    /// <summary>Seconds between two looks at the folder and at what other workers have loaded. Default 10: far below the notice. More: a version is known later.</summary>
    [Range(1, 3_600)]
    public int PollSeconds { get; set; } = 10;

    /// <summary>
    /// Seconds that a version must be known before it becomes active. Default 120: a dozen looks, so that every worker has it, or knows that it lacks it.
    /// A file that comes later than that is refused, and a worker that has not been able to look for so long opens no chunk.
    /// </summary>
    [Range(1, 86_400)]
    public int NoticeSeconds { get; set; } = 120;
}
