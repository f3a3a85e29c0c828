using System.Runtime.CompilerServices;
using Analytics.Core.Events;

namespace Analytics.Core.Avro;

/// <summary>The steps over arrays and maps.</summary>
internal unsafe ref partial struct PlanRun
{
    private int SetRows(in Op op, int row, int at)
    {
        var rows = Unsafe.As<RowsColumn>(Unsafe.Add(ref _columns, op.Slot));
        (rows.Start[row], rows.Count[row]) = (rows.Used, 0);
        if (op.A < 0)
        {
            return at;
        }

        var items = _program.Tables[op.A];
        if (items.Length > _itemsLeft)
        {
            return ~(int)Verdict.TooManyItems;
        }

        _itemsLeft -= items.Length;
        rows.Count[row] = items.Length;
        var child = MakeRows(rows, items.Length, op.B);
        foreach (var item in items)
        {
            at = Inner(item, child++, at);
            if (at < 0)
            {
                break;
            }
        }

        return at;
    }

    private int ReadRows(in Op op, long count, int row, int at)
    {
        var rows = Unsafe.As<RowsColumn>(Unsafe.Add(ref _columns, op.Slot));
        (rows.Start[row], rows.Count[row]) = (rows.Used, 0);
        while (count != 0)
        {
            at = BeginBlock(ref count, op.C, at, out _);
            if (at < 0)
            {
                return at;
            }

            rows.Count[row] += (int)count;
            var child = MakeRows(rows, (int)count, op.B);
            for (; count > 0; count--)
            {
                at = Inner(op.A, child++, at);
                if (at < 0)
                {
                    return at;
                }
            }

            count = Varint.Read(_bytes, ref at, _end);
            if (at > _end)
            {
                return Cut(at);
            }
        }

        return at;
    }

    // The blocks as they stand, the 0 that ends them included: their texts are checked now, and read by whoever wants them.
    private int ReadMapSpan(in Op op, int row, int at)
    {
        var start = at;
        while (true)
        {
            var count = Varint.Read(_bytes, ref at, _end);
            if (at > _end)
            {
                return Cut(at);
            }

            if (count == 0)
            {
                Spans(op.Slot, row, start, at - start);
                return at;
            }

            at = BeginBlock(ref count, op.C, at, out _);
            for (; count > 0 && at >= 0; count--)
            {
                at = SkipText(at);
                at = at < 0 ? at : op.A < 0 ? SkipText(at) : Inner(op.A, 0, at);
            }

            if (at < 0)
            {
                return at;
            }
        }
    }

    private readonly int SkipText(int at)
    {
        var length = Varint.Read(_bytes, ref at, _end);
        if (at > _end)
        {
            return Cut(at);
        }

        if ((ulong)length > (uint)(_end - at))
        {
            return TooLong(length);
        }

        return Utf8Text.IsValid(_bytes + at, (int)length) ? at + (int)length : ~(int)Verdict.InvalidUtf8;
    }

    private int SkipItems(in Op op, long count, int at)
    {
        while (count != 0)
        {
            at = BeginBlock(ref count, op.C, at, out var size);
            if (at < 0)
            {
                return at;
            }

            // A block that states its size is passed over as one, unless its texts must be looked at.
            if (size >= 0 && op.B == 0)
            {
                at += size;
            }
            else
            {
                for (; count > 0; count--)
                {
                    at = Inner(op.A, 0, at);
                    if (at < 0)
                    {
                        return at;
                    }
                }
            }

            count = Varint.Read(_bytes, ref at, _end);
            if (at > _end)
            {
                return Cut(at);
            }
        }

        return at;
    }

    // A negative count is followed by the block's size in bytes (else -1).
    private int BeginBlock(ref long count, int leastBytes, int at, out int size)
    {
        size = -1;
        if (count < 0)
        {
            count = count == long.MinValue ? long.MaxValue : -count;
            var stated = Varint.Read(_bytes, ref at, _end);
            if (at > _end)
            {
                return Cut(at);
            }

            if ((ulong)stated > (uint)(_end - at))
            {
                return TooLong(stated);
            }

            size = (int)stated;
        }

        if (count > _itemsLeft)
        {
            return ~(int)Verdict.TooManyItems;
        }

        _itemsLeft -= (int)count;
        return count * leastBytes > _end - at ? ~(int)Verdict.Truncated : at;
    }

    private readonly int MakeRows(RowsColumn rows, int count, int children)
    {
        var first = rows.Used;
        rows.Used += count;
        foreach (var slot in _program.Tables[children])
        {
            Unsafe.Add(ref _columns, slot).Reserve(rows.Used);
        }

        return first;
    }

    private int Inner(int segment, int row, int at)
    {
        if (_depth >= AvroLimits.RecordDepth)
        {
            return ~(int)Verdict.TooManyItems;
        }

        _depth++;
        at = Go(segment, row, at);
        _depth--;
        return at;
    }
}
