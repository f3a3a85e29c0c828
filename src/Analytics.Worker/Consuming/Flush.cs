namespace Analytics.Worker.Consuming;

/// <summary>What a batch asks of every stage once its records are counted: write what is dirty, with <c>ver</c> = the batch's last offset.</summary>
[Flags]
internal enum Flush : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>To Redis.</summary>
    Live = 1,

    /// <summary>To ClickHouse.</summary>
    History = 2,

    /// <summary>To ClickHouse, and the chunk ends here: it is sealed when everything of it is acknowledged.</summary>
    Seal = 4 | History | Live,
}
