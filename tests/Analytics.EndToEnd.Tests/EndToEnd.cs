namespace Analytics.EndToEnd.Tests;

/// <summary>One stack and one browser for all tests of this project; they run one after another.</summary>
[CollectionDefinition(Name)]
public sealed class EndToEnd : ICollectionFixture<StackFixture>, ICollectionFixture<ChromiumFixture>
{
    public const string Name = "end to end";
}
