using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Analytics.Storage.ClickHouse;

namespace Analytics.Cli.Rejections;

/// <summary><c>analytics rejected list</c> and <c>analytics rejected count</c>.</summary>
internal static class RejectedVerbs
{
    private static readonly Option<string?> Reason = new("--reason") { Description = "Only this reason, for example bad_magic_byte" };
    private static readonly Option<int> Limit = new("--limit") { Description = "At most so many, newest first", DefaultValueFactory = _ => 50 };
    private static readonly JsonSerializerOptions Format = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The verbs.</summary>
    public static Command Make()
    {
        var list = new Command("list", "The newest records that were not counted, each with its reason") { Reason, Limit };
        list.SetAction(ListAsync);
        var count = new Command("count", "How many records of each reason");
        count.SetAction(CountAsync);
        return new Command("rejected", "The rejected inbox") { list, count };
    }

    private static async Task<int> ListAsync(ParseResult parsed, CancellationToken cancel)
    {
        using var clickHouse = new Places(parsed).OpenClickHouse();
        var records = await new RejectedInbox(clickHouse).NewestAsync(parsed.GetValue(Reason), parsed.GetValue(Limit), cancel).ConfigureAwait(false);
        if (parsed.GetValue(Verbs.Json))
        {
            Console.WriteLine(JsonSerializer.Serialize(records, Format));
            return ExitCode.Ok;
        }

        foreach (var one in records)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{one.At:yyyy-MM-dd HH:mm:ss}  {one.Topic}/{one.Partition}/{one.Offset}  {one.Reason}  {one.Size} B  {PlainText.Of(one.Error)}"));
        }

        if (records.Count == 0)
        {
            Console.Error.WriteLine("no record was rejected");
        }

        return ExitCode.Ok;
    }

    private static async Task<int> CountAsync(ParseResult parsed, CancellationToken cancel)
    {
        using var clickHouse = new Places(parsed).OpenClickHouse();
        var reasons = await new RejectedInbox(clickHouse).CountAsync(cancel).ConfigureAwait(false);
        if (parsed.GetValue(Verbs.Json))
        {
            Console.WriteLine(JsonSerializer.Serialize(reasons.ToDictionary(reason => reason.Key, reason => reason.Value)));
            return ExitCode.Ok;
        }

        foreach (var (reason, records) in reasons)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{records,10}  {reason}"));
        }

        if (reasons.Count == 0)
        {
            Console.Error.WriteLine("no record was rejected");
        }

        return ExitCode.Ok;
    }
}
