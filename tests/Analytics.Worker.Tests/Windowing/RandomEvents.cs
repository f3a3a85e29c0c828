namespace Analytics.Worker.Tests.Windowing;

/// <summary>Seeded events with few distinct values, so that they meet in cells.</summary>
internal static class RandomEvents
{
    public static MadeEvent[] Clicks(int seed, int count, int minutes = 5)
    {
        var random = new Random(seed);
        string[] names = ["page_view", "product_view", "add_to_cart", "checkout_start", "search"];
        return
        [
            .. Enumerable.Range(0, count).Select(i => new MadeEvent
            {
                Id = (ulong)(random.Next(20) == 0 ? random.Next(1, i + 2) : i + 1_000_000),
                Tenant = random.Next(1, 4),
                Name = names[random.Next(names.Length)],
                User = $"user{random.Next(40)}",
                Session = random.Next(3) == 0 ? null : $"s{random.Next(5)}",
                Created = MadeEvent.Noon - random.Next(minutes * 60_000),
                Country = random.Next(3) switch { 0 => "de", 1 => "FR", _ => null },
                Device = random.Next(2) == 0 ? "mobile" : "desktop",
                Product = random.Next(3) == 0 ? $"p{random.Next(6)}" : null,
                UserAgent = random.Next(10) == 0 ? "Googlebot/2.1" : null,
            }),
        ];
    }

    public static MadeEvent[] Orders(int seed, int count, int minutes = 5)
    {
        var random = new Random(seed);
        string[] names = ["order_placed", "order_cancelled", "order_refunded"];
        return
        [
            .. Enumerable.Range(0, count).Select(i =>
            {
                var status = random.Next(10) switch { 0 => 1, 1 => 2, _ => 0 };
                return MadeBatches.Order([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ =>
                    new MadeLine($"p{random.Next(6)}", random.Next(1, 4), random.Next(100, 900), random.Next(50)))]) with
                {
                    Id = (ulong)i + 1,
                    Tenant = random.Next(1, 4),
                    OrderId = $"A-{i}",
                    Name = names[status],
                    OrderStatus = status,
                    Currency = random.Next(4) == 0 ? "eur" : "USD",
                    User = $"user{random.Next(40)}",
                    Created = MadeEvent.Noon - random.Next(minutes * 60_000),
                };
            }),
        ];
    }
}
