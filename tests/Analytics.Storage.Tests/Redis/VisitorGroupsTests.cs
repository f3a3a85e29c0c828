using Analytics.Storage.Redis;

namespace Analytics.Storage.Tests.Redis;

public sealed class VisitorGroupsTests
{
    private const int Noon = 29_000_000 / 1_440 * 1_440 + 720;

    [Fact]
    public void Groups_are_those_of_a_naive_count()
    {
        var dice = new Random(7);
        LiveVisitor[] visitors = [.. Enumerable.Range(0, 5_000).Select(_ => new LiveVisitor((ulong)dice.Next(1, 6), Noon - dice.Next(1_500), (ulong)dice.Next(1, 200)))];
        var oldest = Noon - 15;
        var expected = visitors.Select(visitor => (visitor.Tenant, At: visitor.Minute / 1_440, IsDay: true, visitor.UserHash))
            .Concat(visitors.Where(visitor => visitor.Minute >= oldest).Select(visitor => (visitor.Tenant, At: visitor.Minute, IsDay: false, visitor.UserHash)))
            .Distinct().Order();

        var groups = new VisitorGroups();
        Array.ForEach(visitors, visitor => groups.Add(visitor));
        var found = groups.Distinct(oldest).SelectMany(group => group.Users.ToArray(), (group, user) => (group.Tenant, group.At, group.IsDay, user)).ToList();

        Assert.Equal(expected, found.Order());
        Assert.Equal(found.Count, found.Distinct().Count());
    }

    [Fact]
    public void A_tenant_s_groups_follow_each_other()
    {
        var groups = new VisitorGroups();
        foreach (var tenant in new ulong[] { 1, 2, 1, 3, 2 })
        {
            groups.Add(new LiveVisitor(tenant, Noon, tenant));
        }

        Assert.Equal([1UL, 1, 2, 2, 3, 3], groups.Distinct(0).Select(group => group.Tenant));
    }
}
