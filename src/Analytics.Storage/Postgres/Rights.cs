namespace Analytics.Storage.Postgres;

/// <summary>What a key or a user may do for a tenant.</summary>
[Flags]
public enum Rights
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Send events.</summary>
    Collect = 1,

    /// <summary>Ask questions and see what is saved.</summary>
    Read = 2,

    /// <summary>Save dashboards, funnels and cohorts.</summary>
    Edit = 4,

    /// <summary>Make and end keys, read the audit log.</summary>
    Manage = 8,

    /// <summary>Everything.</summary>
    All = Collect | Read | Edit | Manage,
}

/// <summary>Rights in words, and where they come from.</summary>
public static class RightsOf
{
    private static readonly (Rights Right, string Word)[] Words =
        [(Rights.Collect, "collect"), (Rights.Read, "read"), (Rights.Edit, "edit"), (Rights.Manage, "manage")];

    /// <summary>The most that a key of a kind may do: a write key stands in pages and must not read.</summary>
    public static Rights Kind(ApiKeyKind kind) => kind switch
    {
        ApiKeyKind.Write => Rights.Collect,
        ApiKeyKind.Read => Rights.Read | Rights.Edit,
        ApiKeyKind.Admin => Rights.All,
        ApiKeyKind.Session => Rights.All,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a kind of key."),
    };

    /// <summary>What a key of a kind may do when nothing is said: one that reads changes nothing.</summary>
    public static Rights Usual(ApiKeyKind kind) => kind == ApiKeyKind.Read ? Rights.Read : Kind(kind);

    /// <summary>What a user of a role may do for the role's tenant.</summary>
    public static Rights Role(Role role) => role switch
    {
        Postgres.Role.Viewer => Rights.Read,
        Postgres.Role.Editor => Rights.Read | Rights.Edit,
        Postgres.Role.Owner => Rights.Read | Rights.Edit | Rights.Manage,
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "Not a role."),
    };

    /// <summary>The words, in the order of the rights.</summary>
    public static string[] ToWords(Rights rights) => [.. Words.Where(one => rights.HasFlag(one.Right)).Select(one => one.Word)];

    /// <summary>The rights of words; null when one is no right.</summary>
    public static Rights? FromWords(IEnumerable<string> words)
    {
        var rights = Rights.None;
        foreach (var word in words)
        {
            var found = Array.Find(Words, one => one.Word == word);
            if (found.Word is null)
            {
                return null;
            }

            rights |= found.Right;
        }

        return rights;
    }
}
