using Analytics.Storage.ClickHouse.Questions;

namespace Analytics.Storage.Tests.ClickHouse.Questions;

public sealed class TenantFenceTests
{
    [Theory]
    [InlineData("SELECT count() FROM events", "SELECT count() FROM events PREWHERE tenant = {tenant:UInt64}")]
    [InlineData("SELECT 1 FROM cells FINAL WHERE a = 1 OR 1", "SELECT 1 FROM cells FINAL PREWHERE tenant = {tenant:UInt64} WHERE a = 1 OR 1")]
    [InlineData(
        "SELECT 1 from (SELECT 2 FROM events FINAL) WHERE x IN (SELECT y FROM order_lines LIMIT 1)",
        "SELECT 1 from (SELECT 2 FROM events FINAL PREWHERE tenant = {tenant:UInt64}) WHERE x IN (SELECT y FROM order_lines PREWHERE tenant = {tenant:UInt64} LIMIT 1)")]
    [InlineData(
        "SELECT 1 FROM cells UNION ALL SELECT 2 FROM uniques",
        "SELECT 1 FROM cells PREWHERE tenant = {tenant:UInt64} UNION ALL SELECT 2 FROM uniques PREWHERE tenant = {tenant:UInt64}")]
    [InlineData("SELECT a FROM (SELECT [1] AS a FROM events) ARRAY JOIN a AS b", "SELECT a FROM (SELECT [1] AS a FROM events PREWHERE tenant = {tenant:UInt64}) ARRAY JOIN a AS b")]
    [InlineData("SELECT 'FROM users', 1 FROM events", "SELECT 'FROM users', 1 FROM events PREWHERE tenant = {tenant:UInt64}")]
    public void Every_table_gets_the_tenant(string sql, string bound) => Assert.Equal(bound, TenantFence.Bind(sql));

    [Theory]
    [InlineData("SELECT 1")]
    [InlineData("SELECT 1 FROM ledger")]
    [InlineData("SELECT 1 FROM system.tables")]
    [InlineData("SELECT 1 FROM other.events")]
    [InlineData("SELECT 1 FROM events.x")]
    [InlineData("SELECT 1 FROM `events`")]
    [InlineData("SELECT 1 FROM \"events\"")]
    [InlineData("SELECT 1 FROM events AS e")]
    [InlineData("SELECT 1 FROM events e")]
    [InlineData("SELECT 1 FROM events, cells")]
    [InlineData("SELECT 1 FROM events CROSS JOIN cells")]
    [InlineData("SELECT 1 FROM events PREWHERE 1")]
    [InlineData("SELECT 1 FROM events WHERE 1 PREWHERE 0")]
    [InlineData("SELECT 1 FROM events SAMPLE 0.1")]
    [InlineData("SELECT 1 FROM events WHERE x IN cells")]
    [InlineData("SELECT 1 FROM events WHERE x IN 'cells'")]
    [InlineData("SELECT 1 FROM events WHERE dictGet('d', 'a', 1)")]
    [InlineData("SELECT 1 FROM remote('h', 'd', 'events')")]
    [InlineData("SELECT 1 FROM merge('d', '.*')")]
    [InlineData("SELECT 1 FROM events WHERE joinGet('t', 'c', 1)")]
    [InlineData("SELECT 1 FROM events SETTINGS readonly = 0")]
    [InlineData("SELECT 1 FROM events WHERE 1 SETTINGS readonly = 0")]
    [InlineData("SELECT 1 FROM events; SELECT 1 FROM events")]
    [InlineData("WITH e AS (SELECT 1 FROM events) SELECT 1 FROM e")]
    [InlineData("INSERT INTO events SELECT 1 FROM events")]
    [InlineData("SELECT 1 FROM events INTO OUTFILE 'x'")]
    [InlineData("SELECT 1 FROM (SELECT 1 FROM events")]
    [InlineData("SELECT 1 FROM")]
    [InlineData("SELECT 1 /* FROM events */ FROM")]
    public void What_cannot_be_bound_is_refused(string sql) => Assert.Throws<UnboundStatementException>(() => TenantFence.Bind(sql));
}
