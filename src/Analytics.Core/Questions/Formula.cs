using System.Globalization;

namespace Analytics.Core.Questions;

/// <summary>Arithmetic over metrics: <c>+ − × ÷</c>, parentheses, numbers and names. Nothing divided by nothing is unknown, not zero.</summary>
public abstract record Formula
{
    private const int Longest = 200;
    private const int Deepest = 20;

    /// <summary>The metrics that it names.</summary>
    public abstract IEnumerable<string> Names { get; }

    /// <summary>Its value; null where a part of it is unknown or a divisor is zero.</summary>
    public abstract double? Of(Func<string, double?> valueOf);

    /// <summary>The same formula over metrics of other names.</summary>
    public Formula Renamed(Func<string, string> rename) => Inlined(name => new Reference(rename(name)));

    /// <summary>The same formula with other formulas in the place of names.</summary>
    public abstract Formula Inlined(Func<string, Formula> formulaOf);

    /// <summary>Reads a formula, such as <c>orders / visitors * 100</c>.</summary>
    /// <exception cref="FormatException">It cannot be read: the message says where and what was expected.</exception>
    public static Formula Parse(string text)
    {
        if (text.Length > Longest)
        {
            throw new FormatException($"Expected a formula of at most {Longest} characters; found {text.Length}.");
        }

        var at = 0;
        var formula = Sum(text, ref at, 0);
        return Peek(text, ref at) == '\0' ? formula : throw Unexpected(text, at, "an operator (+, -, *, /) or the end");
    }

    /// <summary>The formula that is one metric.</summary>
    public static Formula Name(string name) => new Reference(name);

    private static Formula Sum(string text, ref int at, int depth)
    {
        var left = Product(text, ref at, depth);
        while (Peek(text, ref at) is '+' or '-')
        {
            var symbol = text[at++];
            left = new Operation(symbol, left, Product(text, ref at, depth));
        }

        return left;
    }

    private static Formula Product(string text, ref int at, int depth)
    {
        var left = Part(text, ref at, depth);
        while (Peek(text, ref at) is '*' or '/')
        {
            var symbol = text[at++];
            left = new Operation(symbol, left, Part(text, ref at, depth));
        }

        return left;
    }

    private static Formula Part(string text, ref int at, int depth)
    {
        if (depth > Deepest)
        {
            throw new FormatException($"Expected at most {Deepest} parentheses within each other; found more.");
        }

        var next = Peek(text, ref at);
        var start = at;
        if (next == '-')
        {
            at++;
            return new Operation('-', new Constant(0), Part(text, ref at, depth + 1));
        }

        if (next == '(')
        {
            at++;
            var inner = Sum(text, ref at, depth + 1);
            return Peek(text, ref at) == ')' ? Skip(inner, ref at) : throw Unexpected(text, at, "')'");
        }

        if (char.IsAsciiDigit(next) || next == '.')
        {
            while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.'))
            {
                at++;
            }

            return double.TryParse(text.AsSpan(start, at - start), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                ? new Constant(number)
                : throw Unexpected(text, start, "a number");
        }

        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] == '_'))
        {
            at++;
        }

        return at > start ? new Reference(text[start..at]) : throw Unexpected(text, start, "a metric's name, a number or '('");
    }

    private static Formula Skip(Formula formula, ref int at)
    {
        at++;
        return formula;
    }

    private static char Peek(string text, ref int at)
    {
        while (at < text.Length && text[at] == ' ')
        {
            at++;
        }

        return at < text.Length ? text[at] : '\0';
    }

    private static FormatException Unexpected(string text, int at, string expected) =>
        new($"Expected {expected} at character {at + 1}; found {(at < text.Length ? $"'{text[at]}'" : "the end")}.");

    private sealed record Constant(double Value) : Formula
    {
        public override IEnumerable<string> Names => [];

        public override double? Of(Func<string, double?> valueOf) => Value;

        public override Formula Inlined(Func<string, Formula> formulaOf) => this;
    }

    private sealed record Reference(string Metric) : Formula
    {
        public override IEnumerable<string> Names => [Metric];

        public override double? Of(Func<string, double?> valueOf) => valueOf(Metric);

        public override Formula Inlined(Func<string, Formula> formulaOf) => formulaOf(Metric);
    }

    private sealed record Operation(char Symbol, Formula Left, Formula Right) : Formula
    {
        public override IEnumerable<string> Names => Left.Names.Concat(Right.Names);

        public override Formula Inlined(Func<string, Formula> formulaOf) => new Operation(Symbol, Left.Inlined(formulaOf), Right.Inlined(formulaOf));

        public override double? Of(Func<string, double?> valueOf)
        {
            var (left, right) = (Left.Of(valueOf), Right.Of(valueOf));
            var value = Symbol switch
            {
                '+' => left + right,
                '-' => left - right,
                '*' => left * right,
                _ => right == 0 ? null : left / right,
            };
            return value is { } number && double.IsFinite(number) ? number : null;
        }
    }
}
