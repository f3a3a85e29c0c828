namespace Analytics.Cli.Tests;

/// <summary>Tests of verbs that find PostgreSQL through the process's environment and print to its console: one after another.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class DirectoryCollection
{
    public const string Name = "directory";
}
