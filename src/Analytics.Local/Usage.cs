namespace Analytics.Local;

/// <summary>What the program says when it was called with a verb that it does not have.</summary>
internal static class Usage
{
    private const string Text = """
        The one-machine stack of Analytics. Usually started by `make run`.

          run                        start every part and the product, print Ready, stop everything at Ctrl-C
          up                         the same in the background; returns when it is ready
          down                       stop what `up` or `run` of this data folder started
          clickhouse --port --data   ClickHouse's HTTP interface over the engine as a library
          broker --port --partitions the Kafka protocol, in memory
          registry --port --postgres a schema registry, kept in PostgreSQL
        """;

    /// <summary>Prints the verbs; returns the exit code: 0 when asked for help, else 2.</summary>
    public static int Show(string[] arguments)
    {
        if (arguments is ["help" or "--help" or "-h"])
        {
            Console.Out.WriteLine(Text);
            return 0;
        }

        Console.Error.WriteLine(arguments.Length == 0 ? Text : $"'{arguments[0]}' is not a verb of this program.\n{Text}");
        return 2;
    }
}
