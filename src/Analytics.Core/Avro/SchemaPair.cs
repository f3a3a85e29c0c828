namespace Analytics.Core.Avro;

/// <summary>Compares a reader's schema with a writer's and collects what keeps the one from reading the other.</summary>
/// <remarks>
/// Strict: every record that the writer can make must be readable, so each branch of its unions and each symbol of its enums must be. Not strict: it is
/// enough that some records are; whether one is, is then found while reading it. Source: Avro 1.11 specification, "Schema Resolution".
/// </remarks>
internal sealed class SchemaPair(bool strict)
{
    private const int MostSteps = 100_000;
    private const int Deepest = 128;
    private readonly HashSet<(AvroSchema Reader, AvroSchema Writer)> _seen = [];
    private readonly List<(AvroSchema Reader, AvroSchema Writer)> _order = [];
    private readonly List<string> _reasons = [];
    private int _steps;
    private int _depth;

    public IReadOnlyList<string> Explain(AvroSchema reader, AvroSchema writer)
    {
        Compare(reader, writer, "");
        return _reasons;
    }

    /// <summary>True when the reader can read the writer's type: by the rules, without a look at how often.</summary>
    public static bool Matches(AvroSchema reader, AvroSchema writer, bool strict) => new SchemaPair(strict).Explain(reader, writer).Count == 0;

    /// <summary>The branch of a reader's union that reads the writer's type, which is no union; -1 when there is none.</summary>
    /// <remarks>
    /// The same type before one that it must be promoted to, as the Avro project's Java library does it: bytes beside a string in one union are not all text.
    /// </remarks>
    public static int BranchFor(AvroSchema union, AvroSchema writer, bool strict)
    {
        var exact = FirstBranch(union, branch => branch.Kind == writer.Kind && branch.Name == writer.Name && Matches(branch, writer, strict));
        return exact >= 0 ? exact : FirstBranch(union, branch => Matches(branch, writer, strict));
    }

    /// <summary>True for the promotions of a primitive type, the type itself included.</summary>
    public static bool Promotes(AvroKind writer, AvroKind reader) => writer == reader || (writer, reader) switch
    {
        (AvroKind.Int, AvroKind.Long or AvroKind.Float or AvroKind.Double) => true,
        (AvroKind.Long, AvroKind.Float or AvroKind.Double) => true,
        (AvroKind.Float, AvroKind.Double) => true,
        (AvroKind.String, AvroKind.Bytes) or (AvroKind.Bytes, AvroKind.String) => true,
        _ => false,
    };

    private void Compare(AvroSchema reader, AvroSchema writer, string path)
    {
        // A pair that is being compared further up is compared there.
        if (ReferenceEquals(reader, writer) || !_seen.Add((reader, writer)))
        {
            return;
        }

        _order.Add((reader, writer));
        if (++_steps > MostSteps || _depth >= Deepest)
        {
            Add(path, $"the schemas are nested over {Deepest} levels or need over {MostSteps} comparisons: too many to tell");
            return;
        }

        _depth++;
        CompareNew(reader, writer, path);
        _depth--;
    }

    private void CompareNew(AvroSchema reader, AvroSchema writer, string path)
    {
        if (writer.Kind == AvroKind.Union)
        {
            CompareWriterUnion(reader, writer, path);
        }
        else if (reader.Kind == AvroKind.Union)
        {
            CompareReaderUnion(reader, writer, path);
        }
        else if (writer.Kind.IsPrimitive() ? !Promotes(writer.Kind, reader.Kind) : writer.Kind != reader.Kind)
        {
            Add(path, $"{writer.Title} cannot be read as {reader.Title}");
        }
        else
        {
            CompareSameKind(reader, writer, path);
        }
    }

    private void CompareSameKind(AvroSchema reader, AvroSchema writer, string path)
    {
        if (reader.Kind.IsNamed() && !AvroNames.Match(reader, writer))
        {
            Add(path, $"{writer.Name} cannot be read as {reader.Name}: the names differ and no alias joins them");
            return;
        }

        switch (reader.Kind)
        {
            case AvroKind.Record:
                CompareFields(reader, writer, path);
                break;
            case AvroKind.Array or AvroKind.Map:
                Compare(reader.Items!, writer.Items!, path + (reader.Kind == AvroKind.Array ? "[]" : "{}"));
                break;
            case AvroKind.Fixed when reader.Size != writer.Size:
                Add(path, $"{writer.Name} has {writer.Size} bytes, and is read with {reader.Size}");
                break;
            case AvroKind.Enum:
                CompareSymbols(reader, writer, path);
                break;
            default:
                break;
        }
    }

    private void CompareFields(AvroSchema reader, AvroSchema writer, string path)
    {
        var sources = AvroNames.Join(reader, writer);
        for (var i = 0; i < sources.Length; i++)
        {
            var field = reader.Fields[i];
            var at = path.Length == 0 ? field.Name : $"{path}.{field.Name}";
            if (sources[i] >= 0)
            {
                Compare(field.Schema, writer.Fields[sources[i]].Schema, at);
            }
            else if (field.Default is null)
            {
                Add(at, "the writer has no such field, and the reader has no default for it");
            }
        }
    }

    private void CompareSymbols(AvroSchema reader, AvroSchema writer, string path)
    {
        var unknown = writer.Symbols.Where(symbol => !reader.Symbols.Contains(symbol)).ToArray();
        if (reader.DefaultSymbol is null && unknown.Length > 0 && (strict || unknown.Length == writer.Symbols.Count))
        {
            Add(path, $"the reader does not know the symbols {string.Join(", ", unknown)} of {writer.Name}, and has no default symbol");
        }
    }

    private void CompareWriterUnion(AvroSchema reader, AvroSchema writer, string path)
    {
        if (strict)
        {
            foreach (var branch in writer.Branches)
            {
                Compare(reader, branch, path);
            }
        }
        else if (writer.Branches.Count > 0 && !writer.Branches.Any(branch => Reads(reader, branch)))
        {
            Add(path, $"no branch of {writer.Title} can be read as {reader.Title}");
        }
    }

    private void CompareReaderUnion(AvroSchema reader, AvroSchema writer, string path)
    {
        if (!reader.Branches.Any(branch => Reads(branch, writer)))
        {
            Add(path, $"{writer.Title} can be read as no branch of {reader.Title}");
        }
    }

    // Compares inside the same set of seen pairs, so that recursive types end, and takes back what it found.
    private bool Reads(AvroSchema reader, AvroSchema writer)
    {
        var known = _reasons.Count;
        var seen = _order.Count;
        Compare(reader, writer, "");
        if (_reasons.Count == known)
        {
            return true;
        }

        _reasons.RemoveRange(known, _reasons.Count - known);
        for (var i = seen; i < _order.Count; i++)
        {
            _seen.Remove(_order[i]);
        }

        _order.RemoveRange(seen, _order.Count - seen);
        return false;
    }

    private static int FirstBranch(AvroSchema union, Func<AvroSchema, bool> fits)
    {
        for (var i = 0; i < union.Branches.Count; i++)
        {
            if (fits(union.Branches[i]))
            {
                return i;
            }
        }

        return -1;
    }

    private void Add(string path, string reason) => _reasons.Add(path.Length == 0 ? reason : $"{path}: {reason}");
}
