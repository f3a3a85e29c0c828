using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Analytics.Core.Events;

namespace Analytics.Storage.ClickHouse.Questions;

/// <summary>A statement on its way: text that only this assembly writes, and values that only parameters carry.</summary>
/// <remarks>
/// <c>statement.Add($"name = {value:String}")</c> adds the text and a parameter of that type; an interpolated value without a type is refused by the compiler, so
/// that text of a question cannot get into a statement by mistake. <see cref="Sql"/> adds text that is itself a statement's. One thread.
/// </remarks>
internal sealed class Statement
{
    private readonly StringBuilder _text = new();
    private readonly Dictionary<string, object?> _parameters = new(StringComparer.Ordinal);

    /// <summary>The values, by name.</summary>
    public IReadOnlyDictionary<string, object?> Parameters => _parameters;

    /// <summary>Adds text with parameters.</summary>
    public Statement Add([InterpolatedStringHandlerArgument("")] ref StatementText text)
    {
        _ = text;
        return this;
    }

    /// <summary>Adds text without parameters.</summary>
    public Statement Add(string text)
    {
        _text.Append(text);
        return this;
    }

    /// <summary>Adds pieces with something between them.</summary>
    public Statement Join<T>(string between, IEnumerable<T> items, Action<T> add)
    {
        var isFirst = true;
        foreach (var item in items)
        {
            _text.Append(isFirst ? "" : between);
            isFirst = false;
            add(item);
        }

        return this;
    }

    /// <summary>A value as a parameter; the placeholder that stands for it.</summary>
    public string Value(object? value, string type)
    {
        // A comparison, or a window after the range, may reach further than the tables' times do; no event lies there.
        value = value is DateTimeOffset at ? at < EventLimits.Earliest ? EventLimits.Earliest : at > EventLimits.Latest ? EventLimits.Latest : at : value;
        var name = "p" + _parameters.Count.ToString(CultureInfo.InvariantCulture);
        _parameters.Add(name, value);
        return $"{{{name}:{type}}}";
    }

    /// <summary>A value that stands in several places of the statement.</summary>
    public void Set(string name, object? value) => _parameters[name] = value;

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    internal void Append(string text) => _text.Append(text);
}

/// <summary>A piece of SQL that this assembly made: an expression over columns of the catalogue, or a placeholder.</summary>
/// <param name="Text">The text.</param>
internal readonly record struct Sql(string Text)
{
    /// <inheritdoc/>
    public override string ToString() => Text;
}

/// <summary>What the compiler makes of <c>statement.Add($"…")</c>.</summary>
[InterpolatedStringHandler]
internal readonly ref struct StatementText
{
    private readonly Statement _statement;

    public StatementText(int literalLength, int formattedCount, Statement statement)
    {
        _ = (literalLength, formattedCount);
        _statement = statement;
    }

    public void AppendLiteral(string text) => _statement.Append(text);

    public void AppendFormatted(Sql sql) => _statement.Append(sql.Text);

    public void AppendFormatted(string? value, string format) => _statement.Append(_statement.Value(value, format));

    public void AppendFormatted(double value, string format) => _statement.Append(_statement.Value(value, format));

    public void AppendFormatted(long value, string format) => _statement.Append(_statement.Value(value, format));

    public void AppendFormatted(DateTimeOffset value, string format) => _statement.Append(_statement.Value(value, format));

    public void AppendFormatted(IEnumerable<string> value, string format) => _statement.Append(_statement.Value(value, format));
}
