namespace Analytics.Storage.Postgres;

/// <summary>What a user is to a tenant.</summary>
public enum Role
{
    /// <summary>Sees the figures and what is saved.</summary>
    Viewer,

    /// <summary>Saves dashboards, funnels and cohorts too.</summary>
    Editor,

    /// <summary>Makes and ends the tenant's keys too, and reads its audit log.</summary>
    Owner,
}
