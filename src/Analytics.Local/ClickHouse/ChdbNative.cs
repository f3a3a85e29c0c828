using System.Runtime.InteropServices;

namespace Analytics.Local.ClickHouse;

/// <summary>The C interface of chDB 26.7 (chdb.h), as far as the port needs it. All calls block; a connection runs one statement at a time.</summary>
internal static unsafe partial class ChdbNative
{
    /// <summary>Found by NativeLibraries.Resolve, which the program calls at its start.</summary>
    private const string Library = "chdb";

    /// <summary>Must come before the first connection: the runtime owns SIGSEGV (null references) and SIGTERM.</summary>
    [LibraryImport(Library, EntryPoint = "chdb_set_signal_handlers_enabled")]
    internal static partial void SetSignalHandlersEnabled(int enabled);

    /// <summary>Ends the process without waiting for anything in it.</summary>
    [LibraryImport("libc", EntryPoint = "_exit")]
    internal static partial void ExitAtOnce(int code);

    [LibraryImport(Library, EntryPoint = "chdb_connect", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint* Connect(int count, string[] arguments);

    [LibraryImport(Library, EntryPoint = "chdb_close_conn")]
    internal static partial void Close(nint* connection);

    [LibraryImport(Library, EntryPoint = "chdb_query_with_params_n")]
    internal static partial nint Query(
        nint connection, byte* sql, nuint sqlLength, byte* format, nuint formatLength, byte** names, nuint* nameLengths, byte** values, nuint* valueLengths, nuint count);

    [LibraryImport(Library, EntryPoint = "chdb_stream_query_with_params_n")]
    internal static partial nint StreamQuery(
        nint connection, byte* sql, nuint sqlLength, byte* format, nuint formatLength, byte** names, nuint* nameLengths, byte** values, nuint* valueLengths, nuint count);

    [LibraryImport(Library, EntryPoint = "chdb_stream_fetch_result")]
    internal static partial nint Fetch(nint connection, nint stream);

    [LibraryImport(Library, EntryPoint = "chdb_stream_cancel_query")]
    internal static partial void CancelQuery(nint connection, nint stream);

    [LibraryImport(Library, EntryPoint = "chdb_destroy_query_result")]
    internal static partial void Destroy(nint result);

    [LibraryImport(Library, EntryPoint = "chdb_stream_insert_with_params_n")]
    internal static partial nint StreamInsert(
        nint connection, byte* sql, nuint sqlLength, byte* format, nuint formatLength, byte** names, nuint* nameLengths, byte** values, nuint* valueLengths, nuint count);

    [LibraryImport(Library, EntryPoint = "chdb_stream_append")]
    internal static partial int Append(nint stream, byte* data, nuint length);

    [LibraryImport(Library, EntryPoint = "chdb_stream_done")]
    internal static partial nint Done(nint stream);

    [LibraryImport(Library, EntryPoint = "chdb_stream_cancel_insert")]
    internal static partial void CancelInsert(nint stream);

    [LibraryImport(Library, EntryPoint = "chdb_stream_insert_error")]
    internal static partial byte* InsertError(nint stream);

    [LibraryImport(Library, EntryPoint = "chdb_destroy_insert_stream")]
    internal static partial void DestroyInsert(nint stream);

    [LibraryImport(Library, EntryPoint = "chdb_result_buffer")]
    internal static partial byte* Buffer(nint result);

    [LibraryImport(Library, EntryPoint = "chdb_result_length")]
    internal static partial nuint Length(nint result);

    [LibraryImport(Library, EntryPoint = "chdb_result_error")]
    internal static partial byte* Error(nint result);

    [LibraryImport(Library, EntryPoint = "chdb_result_rows_read")]
    internal static partial ulong ResultRows(nint result);

    [LibraryImport(Library, EntryPoint = "chdb_result_storage_rows_read")]
    internal static partial ulong RowsRead(nint result);

    [LibraryImport(Library, EntryPoint = "chdb_result_storage_bytes_read")]
    internal static partial ulong BytesRead(nint result);

    [LibraryImport(Library, EntryPoint = "chdb_result_rows_written")]
    internal static partial ulong RowsWritten(nint result);

    [LibraryImport(Library, EntryPoint = "chdb_result_bytes_written")]
    internal static partial ulong BytesWritten(nint result);
}
