using Analytics.Core.Questions.Behind;

namespace Analytics.Storage.ClickHouse.Questions;

/// <summary>Which users are listed: those of a group, from a place on.</summary>
internal static class GroupSql
{
    /// <summary>Adds the condition that a label is of a group.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="label">The label, as an expression.</param>
    /// <param name="group">The group.</param>
    /// <param name="told">The groups that are told apart: what the others are not.</param>
    public static void Add(Statement statement, string label, PointGroup group, IReadOnlyCollection<string> told)
    {
        if (group.IsOther)
        {
            statement.Add($" AND {new Sql(label)} NOT IN {told:Array(String)}");
        }
        else if (group.Label is { } one)
        {
            statement.Add($" AND {new Sql(label)} = {one:String}");
        }
    }

    /// <summary>Adds that only users behind this one matter, before their events are grouped; nothing for null.</summary>
    public static void After(Statement statement, string? user)
    {
        if (user is not null)
        {
            statement.Add($" AND user_id > {user:String}");
        }
    }
}
