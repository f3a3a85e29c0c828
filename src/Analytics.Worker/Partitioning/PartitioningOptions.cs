using System.ComponentModel.DataAnnotations;

namespace Analytics.Worker.Partitioning;

/// <summary>Settings of the step that drops duplicates and shares the rows out to the lanes.</summary>
internal sealed class PartitioningOptions
{
    /// <summary>
    /// Counting lanes. Default 2: one for each core of the reference machine. Beyond the number of cores lanes only wait for each other.
    /// The numbers do not depend on it.
    /// </summary>
    [Range(1, 64)]
    public int Lanes { get; set; } = 2;
}
