using System.Runtime.InteropServices;

namespace Analytics.Core.Avro;

/// <summary>What one step of a plan does. Those up to <see cref="LastWithNumber"/> begin by reading a zigzag number: a value, a length, a count or a branch.</summary>
internal enum OpCode : ushort
{
    // A union of null and one type; A is the branch of null. Each is followed, as far behind it as Long is behind MaybeLong, by the step of its value.
    MaybeLong,
    MaybeInt,
    MaybeText,
    MaybeTextWord,
    SkipMaybeBytes,
    SkipMaybeLong,
    LastMaybe = SkipMaybeLong,

    // Into the column of the op's slot.
    Long,
    Int,
    Text,
    TextWord,
    SkipBytes,
    SkipLong,
    Enum,
    IntToDouble,
    LongToDouble,
    IntToFloat,
    LongToFloat,
    Bytes,
    BytesWord,

    // A: table of where each branch goes on.
    Union,

    // A: segment of an item, B: table of the children's slots, C: least bytes of an item.
    Rows,

    SkipInt,
    SkipEnum,
    SkipText,

    // A: segment of an item (of a pair, for a map), C: least bytes of it.
    SkipItems,
    LastWithNumber = SkipItems,

    Boolean,
    Float,
    Double,
    Fixed16,
    FixedSpan,

    // A: segment of a value, or -1 for text values, C: least bytes of a pair.
    MapSpan,
    SkipBoolean,
    SkipFixed,

    // A default or absent value: A is the index of a number, text or table; for a span start and length in the constants.
    SetLong,
    SetDouble,
    SetFixed16,
    SetSpan,
    SetWord,
    SetRows,

    Jump,
    Call,
    Fail,
    End,
}

/// <summary>One step of a plan.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct Op(OpCode Code, ushort Slot = 0, int A = 0, int B = 0, int C = 0);
