using System.Runtime.InteropServices;

namespace Analytics.Worker;

/// <summary>Zeroed memory of the system for a large table, in pages of 2 MiB where it has them. It is freed when nobody refers to this any more.</summary>
internal sealed unsafe partial class HugePages
{
    /// <summary>Bytes of such a page: what is smaller is not worth it.</summary>
    public const int Size = 2 << 20;

    private const int MadviseHugePage = 14;
    private readonly nuint _size;

    /// <summary>So many bytes.</summary>
    public HugePages(nuint size)
    {
        _size = size;
        First = NativeMemory.AlignedAlloc(size, Size);
        if (OperatingSystem.IsLinux())
        {
            // A wish: a system without such pages answers with small ones.
            _ = Advise(First, size, MadviseHugePage);
        }

        NativeMemory.Clear(First, size);
        GC.AddMemoryPressure((long)size);
    }

    /// <summary>Gives the memory back.</summary>
    ~HugePages()
    {
        NativeMemory.AlignedFree(First);
        GC.RemoveMemoryPressure((long)_size);
    }

    /// <summary>Its start, which is that of a page.</summary>
    public void* First { get; }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* start, nuint length, int advice);
}
