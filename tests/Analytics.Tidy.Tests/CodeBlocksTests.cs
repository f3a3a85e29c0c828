namespace Analytics.Tidy.Tests;

public sealed class CodeBlocksTests
{
    private const string Code = """
        namespace A;

        internal sealed class B
            : C
        {
            public void Short()
            {
                One();
            }

            public void Long(
                int x)
            {
                One();
                Two();
                if (x > 0)
                {
                    Three();
                }
            }

            private sealed class Inner
            {
                public int A;
                public int B;
                public int C;
                public int D;
            }
        }
        """;

    [Fact]
    public void A_method_over_the_limit_is_found_and_types_are_not() =>
        Assert.Equal([new CodeBlock(13, 6)], CodeBlocks.LongerThan(3, Code));

    [Fact]
    public void A_method_at_the_limit_is_not_found() => Assert.Empty(CodeBlocks.LongerThan(6, Code));
}
