using System.Buffers.Binary;
using System.Text;
using Analytics.Core.Avro;

namespace Analytics.Benchmarks.Workloads;

/// <summary>Writes the records of a workload to files that other programs read.</summary>
internal static class RecordFiles
{
    /// <summary>Writes the records as <c>[length][bytes]…</c>, little endian, for readers in other languages.</summary>
    public static void WriteFramed(this Clickstream clickstream, string path)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
        Span<byte> length = stackalloc byte[4];
        for (var i = 0; i < clickstream.Count; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(length, clickstream.LengthOf(i));
            file.Write(length);
            file.Write(clickstream[i]);
        }
    }

    /// <summary>Writes the records as an Avro object container file, uncompressed, 4,096 records a block, without their headers.</summary>
    public static void WriteContainer(this Clickstream clickstream, string path, string schema)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
        var writer = new AvroWriter(1 << 20);
        var sync = Encoding.ASCII.GetBytes("analytics-bench!");
        writer.Fixed("Obj\u0001"u8);
        writer.StringMap(new Dictionary<string, string> { ["avro.schema"] = schema, ["avro.codec"] = "null" });
        writer.Fixed(sync);
        file.Write(writer.Written);
        for (var first = 0; first < clickstream.Count; first += 4096)
        {
            var last = Math.Min(first + 4096, clickstream.Count);
            writer.Clear();
            writer.Long(last - first);
            writer.Long(clickstream.StartOf(last) - clickstream.StartOf(first) - 5L * (last - first));
            for (var i = first; i < last; i++)
            {
                writer.Fixed(clickstream[i][5..]);
            }

            writer.Fixed(sync);
            file.Write(writer.Written);
        }
    }
}
