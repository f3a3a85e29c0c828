using Dapper;
using Npgsql;

namespace Analytics.Storage.Postgres;

/// <summary>The users and their sessions, in PostgreSQL. Any thread; a database that is away throws <see cref="NpgsqlException"/>.</summary>
public sealed class Users(NpgsqlDataSource source)
{
    private const string Columns =
        """
        u.id, u.email, u.name, u.password, u.is_admin AS IsAdmin, u.created_at AS CreatedAt, u.disabled_at AS DisabledAt,
        ARRAY(SELECT tenant_id FROM user_roles WHERE user_id = u.id ORDER BY tenant_id) AS TenantIds,
        ARRAY(SELECT role FROM user_roles WHERE user_id = u.id ORDER BY tenant_id) AS Roles
        """;

    /// <summary>Adds a user. Null when there is one of this address already.</summary>
    /// <exception cref="ArgumentException">A role is for a tenant that does not exist.</exception>
    public async Task<User?> CreateAsync(
        string email, string name, string passwordHash, bool isAdmin, IReadOnlyDictionary<long, Role> roles, Actor? by = null, CancellationToken cancel = default)
    {
        await using var connection = await source.OpenConnectionAsync(cancel).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancel).ConfigureAwait(false);
        var id = await connection.QuerySingleOrDefaultAsync<long?>(new CommandDefinition(
            "INSERT INTO users (email, name, password, is_admin) VALUES (@email, @name, @passwordHash, @isAdmin) ON CONFLICT (email) DO NOTHING RETURNING id",
            new { email, name, passwordHash, isAdmin },
            transaction,
            cancellationToken: cancel)).ConfigureAwait(false);
        if (id is not { } made)
        {
            return null;
        }

        await SetRolesAsync(connection, transaction, made, roles, cancel).ConfigureAwait(false);
        await AuditAsync(connection, transaction, by, "user.created", made, roles.Keys, new { email, isAdmin, roles }, cancel).ConfigureAwait(false);
        var user = await FindAsync(connection, transaction, made, cancel).ConfigureAwait(false);
        await transaction.CommitAsync(cancel).ConfigureAwait(false);
        return user!.ToUser();
    }

    /// <summary>Changes a user, or gives null when there is none of this number.</summary>
    /// <exception cref="ArgumentException">A role is for a tenant that does not exist.</exception>
    public async Task<User?> ChangeAsync(long id, UserChange change, Actor? by = null, CancellationToken cancel = default)
    {
        await using var connection = await source.OpenConnectionAsync(cancel).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancel).ConfigureAwait(false);
        var changed = await connection.ExecuteAsync(new CommandDefinition(
            """
            UPDATE users SET name = coalesce(@Name, name), password = coalesce(@PasswordHash, password), is_admin = coalesce(@IsAdmin, is_admin),
                disabled_at = CASE WHEN @IsDisabled IS NULL THEN disabled_at WHEN @IsDisabled THEN coalesce(disabled_at, now()) END
            WHERE id = @id
            """,
            new { id, change.Name, change.PasswordHash, change.IsAdmin, change.IsDisabled },
            transaction,
            cancellationToken: cancel)).ConfigureAwait(false);
        if (changed == 0)
        {
            return null;
        }

        if (change.Roles is { } roles)
        {
            await connection.ExecuteAsync(new CommandDefinition("DELETE FROM user_roles WHERE user_id = @id", new { id }, transaction, cancellationToken: cancel)).ConfigureAwait(false);
            await SetRolesAsync(connection, transaction, id, roles, cancel).ConfigureAwait(false);
        }

        if (change.PasswordHash is not null || change.IsDisabled == true)
        {
            await connection.ExecuteAsync(new CommandDefinition("DELETE FROM user_sessions WHERE user_id = @id", new { id }, transaction, cancellationToken: cancel)).ConfigureAwait(false);
        }

        var user = (await FindAsync(connection, transaction, id, cancel).ConfigureAwait(false))!.ToUser();
        await AuditAsync(
            connection, transaction, by, "user.changed", id, user.Roles.Keys,
            new { change.Name, hasNewPassword = change.PasswordHash is not null, change.IsAdmin, change.IsDisabled, change.Roles }, cancel).ConfigureAwait(false);
        await transaction.CommitAsync(cancel).ConfigureAwait(false);
        return user;
    }

    /// <summary>The users, by number: those with a number above <paramref name="after"/>.</summary>
    public async Task<IReadOnlyList<User>> ListAsync(long after = 0, int limit = int.MaxValue, CancellationToken cancel = default)
    {
        await using var connection = await source.OpenConnectionAsync(cancel).ConfigureAwait(false);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            $"SELECT {Columns} FROM users AS u WHERE u.id > @after ORDER BY u.id LIMIT @limit", new { after, limit }, cancellationToken: cancel)).ConfigureAwait(false);
        return [.. rows.Select(row => row.ToUser())];
    }

    /// <summary>The user of this number, or null.</summary>
    public async Task<User?> FindAsync(long id, CancellationToken cancel = default)
    {
        await using var connection = await source.OpenConnectionAsync(cancel).ConfigureAwait(false);
        return (await FindAsync(connection, null, id, cancel).ConfigureAwait(false))?.ToUser();
    }

    /// <summary>The user of this address who may sign in, with the hash of their password; or null.</summary>
    public async Task<(User User, string PasswordHash)?> FindAsync(string email, CancellationToken cancel = default)
    {
        await using var connection = await source.OpenConnectionAsync(cancel).ConfigureAwait(false);
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            $"SELECT {Columns} FROM users AS u WHERE u.email = @email AND u.disabled_at IS NULL", new { email }, cancellationToken: cancel)).ConfigureAwait(false);
        return row is null ? null : (row.ToUser(), row.Password);
    }

    /// <summary>Begins a session. Its text is given here and never again.</summary>
    public async Task<(string Text, DateTimeOffset EndsAt)> SignInAsync(User user, TimeSpan length, Actor by, CancellationToken cancel = default)
    {
        var text = ApiKeyText.New(ApiKeyKind.Session);
        await using var connection = await source.OpenConnectionAsync(cancel).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancel).ConfigureAwait(false);
        await connection.ExecuteAsync(new CommandDefinition("DELETE FROM user_sessions WHERE expires_at < now()", transaction: transaction, cancellationToken: cancel)).ConfigureAwait(false);
        var endsAt = await connection.QuerySingleAsync<DateTime>(new CommandDefinition(
            "INSERT INTO user_sessions (sha256, user_id, expires_at) VALUES (@sha256, @id, now() + @length) RETURNING expires_at",
            new { sha256 = ApiKeyText.Sha256(text), id = user.Id, length },
            transaction,
            cancellationToken: cancel)).ConfigureAwait(false);
        await AuditAsync(connection, transaction, by, "session.started", user.Id, user.Roles.Keys, null, cancel).ConfigureAwait(false);
        await transaction.CommitAsync(cancel).ConfigureAwait(false);
        return (text, new(endsAt));
    }

    /// <summary>The valid session of this text, with the user's rights as they are now; or null.</summary>
    public async Task<ApiKey?> SessionAsync(string text, CancellationToken cancel = default)
    {
        if (text.Length > ApiKeyText.MaxLength)
        {
            return null;
        }

        await using var connection = await source.OpenConnectionAsync(cancel).ConfigureAwait(false);
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            $"""
            SELECT {Columns}, s.expires_at AS ExpiresAt FROM user_sessions AS s JOIN users AS u ON u.id = s.user_id
            WHERE s.sha256 = @sha256 AND s.expires_at > now() AND u.disabled_at IS NULL
            """,
            new { sha256 = ApiKeyText.Sha256(text) },
            cancellationToken: cancel)).ConfigureAwait(false);
        return row?.ToSession(ApiKeyText.Shown(text));
    }

    /// <summary>Ends a session. False when there was none of this text.</summary>
    public async Task<bool> SignOutAsync(string text, CancellationToken cancel = default)
    {
        await using var connection = await source.OpenConnectionAsync(cancel).ConfigureAwait(false);
        return await connection.ExecuteAsync(new CommandDefinition(
            "DELETE FROM user_sessions WHERE sha256 = @sha256", new { sha256 = ApiKeyText.Sha256(text) }, cancellationToken: cancel)).ConfigureAwait(false) == 1;
    }

    private static Task<Row?> FindAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, long id, CancellationToken cancel) =>
        connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition($"SELECT {Columns} FROM users AS u WHERE u.id = @id", new { id }, transaction, cancellationToken: cancel));

    private static async Task SetRolesAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long id, IReadOnlyDictionary<long, Role> roles, CancellationToken cancel)
    {
        try
        {
            await connection.ExecuteAsync(new CommandDefinition(
                "INSERT INTO user_roles (user_id, tenant_id, role) SELECT @id, * FROM unnest(@tenants::bigint[], @names::text[])",
                new { id, tenants = roles.Keys.ToArray(), names = roles.Values.Select(role => role.ToString().ToLowerInvariant()).ToArray() },
                transaction,
                cancellationToken: cancel)).ConfigureAwait(false);
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            throw new ArgumentException("Expected roles for tenants that there are; found one that is not.", nameof(roles), error);
        }
    }

    private static Task AuditAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Actor? by, string action, long id, IEnumerable<long> tenants, object? detail, CancellationToken cancel) =>
        AuditLog.AppendAsync(connection, transaction, by ?? Actor.System, action, $"user:{id}", [.. tenants], detail, cancel);

    // Filled by Dapper.
    private sealed class Row
    {
        public long Id { get; init; }

        public string Email { get; init; } = "";

        public string Name { get; init; } = "";

        public string Password { get; init; } = "";

        public bool IsAdmin { get; init; }

        public DateTime CreatedAt { get; init; }

        public DateTime? DisabledAt { get; init; }

        public DateTime ExpiresAt { get; init; }

        public long[] TenantIds { get; init; } = [];

        public string[] Roles { get; init; } = [];

        public User ToUser() => new(Id, Email, Name, IsAdmin, RolesByTenant(), new(CreatedAt), DisabledAt is { } at ? new(at) : null);

        public ApiKey ToSession(string prefix) => new(Id, prefix, Email, ApiKeyKind.Session, TenantIds.ToHashSet())
        {
            Rights = IsAdmin ? Rights.All : Rights.None,
            IsEverywhere = IsAdmin,
            RightsByTenant = RolesByTenant().ToDictionary(one => one.Key, one => RightsOf.Role(one.Value)),
            ExpiresAt = new(ExpiresAt),
        };

        private Dictionary<long, Role> RolesByTenant() => TenantIds.Zip(Roles).ToDictionary(one => one.First, one => Enum.Parse<Role>(one.Second, ignoreCase: true));
    }
}
