using System.Runtime.InteropServices;

namespace Analytics.Worker;

/// <summary>Memory of the system for large tables, in pages of 2 MiB where it has them.</summary>
internal static unsafe partial class HugePages
{
    /// <summary>Bytes of such a page: what is smaller is not worth it.</summary>
    public const int Size = 2 << 20;

    private const int MadviseHugePage = 14;

    /// <summary>Zeroed memory that starts at such a page; the caller frees it.</summary>
    public static void* Allocate(nuint size)
    {
        var memory = NativeMemory.AlignedAlloc(size, Size);
        if (OperatingSystem.IsLinux())
        {
            // A wish: a system without such pages answers with small ones.
            _ = Advise(memory, size, MadviseHugePage);
        }

        NativeMemory.Clear(memory, size);
        GC.AddMemoryPressure((long)size);
        return memory;
    }

    /// <summary>Gives memory back.</summary>
    public static void Free(void* memory, nuint size)
    {
        NativeMemory.AlignedFree(memory);
        GC.RemoveMemoryPressure((long)size);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* start, nuint length, int advice);
}
