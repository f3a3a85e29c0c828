using Analytics.Core.Questions;
using Analytics.Core.Questions.Behind;

namespace Analytics.Storage.ClickHouse.Questions;

/// <summary>Groups of users: which are told apart, and which users are listed, those of a group, from a place on.</summary>
internal static class GroupSql
{
    /// <summary>
    /// Adds a statement that gives the label of a group, whether it is the others together, the columns, and the users: the largest groups apart, equal ones by name, the rest as one without a
    /// label. Without a breakdown all are one group with an empty label.
    /// </summary>
    /// <param name="statement">The statement.</param>
    /// <param name="breakdown">The property that tells users apart; null for none.</param>
    /// <param name="limit">Groups that are told apart.</param>
    /// <param name="columns">What tells the rows of a group apart.</param>
    /// <param name="counted">The rows whose users make a group large: the same ones for every row of it.</param>
    /// <param name="rows">Adds the SELECT of label, columns and users, one row for each label and columns.</param>
    public static void Ranked(Statement statement, Property? breakdown, int limit, string columns, Sql counted, Action rows)
    {
        if (breakdown is null)
        {
            statement.Add("SELECT '', 0, ").Add(columns).Add(", users FROM (");
            rows();
            statement.Add(")");
            return;
        }

        statement.Add($"SELECT if(place <= {(long)limit:UInt32}, label, '') AS told, place > {(long)limit:UInt32} AS is_other, ").Add(columns).Add(", sum(users) FROM (");
        statement.Add($"SELECT *, dense_rank() OVER (ORDER BY size DESC, label) AS place FROM (SELECT *, sumIf(users, {counted}) OVER (PARTITION BY label) AS size FROM (");
        rows();
        statement.Add("))) GROUP BY told, is_other, ").Add(columns);
    }

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
