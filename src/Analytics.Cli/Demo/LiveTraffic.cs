using System.Security.Cryptography;
using System.Text;
using Analytics.Core.Events;

namespace Analytics.Cli.Demo;

/// <summary>Something of the live demo: a click, an order or a stock level, with the instant at which it happens.</summary>
internal readonly record struct LiveEvent(DateTimeOffset At, ClickstreamEvent? Click, OrderEvent? Order, StockEvent? Stock);

/// <summary>A shop's traffic, made from a seed: visitors come, look at products, fill carts and order.</summary>
/// <remarks>
/// A pure function of (seed, minute): the sessions that start in a minute, and their events' ids, are the same whenever and however often
/// they are made. So a generator that restarts sends again what it may have sent, and the duplicate filter drops it.
/// </remarks>
internal sealed class LiveTraffic(long tenant, int seed, int sessionsPerMinute)
{
    /// <summary>The longest session: events of a session lie within this of its start.</summary>
    public static readonly TimeSpan LongestSession = TimeSpan.FromMinutes(10);

    private const int Visitors = 6_000;
    private const int Products = 48;

    private static readonly string[] Countries = ["US", "US", "US", "US", "GB", "DE", "DE", "FR", "CA", "NL", "CH", "AU", "JP"];
    private static readonly string?[] Referrers = [null, null, null, "https://www.google.com/", "https://www.google.com/", "https://www.bing.com/", "https://www.instagram.com/", "https://news.example.com/best-lamps"];
    private static readonly string?[] Campaigns = [null, null, null, null, null, "autumn-sale", "newsletter-47"];

    private static readonly string[] UserAgents =
    [
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15",
        "Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
    ];

    /// <summary>The events of every session that starts in the minute, by time.</summary>
    public IReadOnlyList<LiveEvent> SessionsOf(DateTimeOffset minute)
    {
        var random = new Random(HashCode(minute));
        var events = new List<LiveEvent>();
        var sessions = Poisson(random, sessionsPerMinute * BusynessAt(minute));
        for (var i = 0; i < sessions; i++)
        {
            new Session(this, random, minute, i).Run(events);
        }

        events.Sort((a, b) => a.At.CompareTo(b.At));
        return events;
    }

    /// <summary>The stock of every product at the start of a day, with its listing.</summary>
    public IReadOnlyList<LiveEvent> StockOf(DateTimeOffset day)
    {
        var random = new Random(HashCode(day));
        return [.. Enumerable.Range(0, Products).Select(product => new LiveEvent(day, null, null, new StockEvent
        {
            EventId = Id($"stock/{day.ToUnixTimeSeconds()}/{product}"),
            TenantId = tenant,
            ProductId = ProductId(product),
            Stock = random.Next(20, 400),
            CreatedAt = day,
            Title = $"Lamp no. {product + 1}",
            Images = random.Next(1, 9),
            DescriptionLength = random.Next(80, 1_800),
            Rating = Math.Round(3 + random.NextDouble() * 2, 1),
            Price = PriceOf(product),
            Currency = "USD",
        }))];
    }

    // Evenings are busy, nights are quiet: 0.3 to 1.7 times the mean, by a sine with its top at 20:00 UTC.
    private static double BusynessAt(DateTimeOffset minute) =>
        1 + 0.7 * Math.Sin((minute.TimeOfDay.TotalHours - 14) / 24 * 2 * Math.PI);

    private static string ProductId(int product) => $"LAMP-{product + 1:000}";

    private static long PriceOf(int product) => 1_490 + product * 37 % 50 * 310L;

    private static int Poisson(Random random, double mean)
    {
        var (limit, product, count) = (Math.Exp(-mean), random.NextDouble(), 0);
        while (product > limit)
        {
            product *= random.NextDouble();
            count++;
        }

        return count;
    }

    private int HashCode(DateTimeOffset instant) =>
        BitConverter.ToInt32(SHA256.HashData(Encoding.UTF8.GetBytes($"{tenant}/{seed}/{instant.ToUnixTimeSeconds()}")));

    private Guid Id(string what) =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes($"live/{tenant}/{seed}/{what}")).AsSpan(0, 16), bigEndian: true);

    /// <summary>One visit, from landing to leaving.</summary>
    private sealed class Session(LiveTraffic traffic, Random random, DateTimeOffset minute, int number)
    {
        private readonly string _id = $"{minute.ToUnixTimeSeconds()}-{number}";
        private readonly string _visitor = VisitorOf(random);
        private readonly string _country = Countries[random.Next(Countries.Length)];
        private readonly string _userAgent = UserAgents[random.Next(UserAgents.Length)];
        private readonly string? _referrer = Referrers[random.Next(Referrers.Length)];
        private readonly string? _campaign = Campaigns[random.Next(Campaigns.Length)];
        private DateTimeOffset _now = minute.AddMilliseconds(random.Next(60_000));
        private int _step;

        public void Run(List<LiveEvent> events)
        {
            events.Add(Click("page_view", "/", null));
            var product = -1;
            while (random.NextDouble() < 0.62 && _now - minute < LongestSession - TimeSpan.FromMinutes(3))
            {
                product = (int)(random.NextDouble() * random.NextDouble() * Products);
                events.Add(Click("page_view", $"/p/{ProductId(product)}", null));
                events.Add(Click("product_view", $"/p/{ProductId(product)}", ProductId(product), pause: false));
            }

            if (product < 0 || random.NextDouble() > 0.24)
            {
                return;
            }

            events.Add(Click("add_to_cart", $"/p/{ProductId(product)}", ProductId(product)));
            if (random.NextDouble() < 0.6)
            {
                events.Add(Click("checkout_start", "/checkout", null));
                if (random.NextDouble() < 0.72)
                {
                    events.Add(Order(product));
                }
            }
        }

        // The square of a uniform number: few visitors come often.
        private static string VisitorOf(Random random)
        {
            var uniform = random.NextDouble();
            return $"v{(int)(uniform * uniform * Visitors):00000}";
        }

        private LiveEvent Click(string name, string path, string? product, bool pause = true)
        {
            Advance(pause);
            return new LiveEvent(_now, new ClickstreamEvent
            {
                EventId = NextId(),
                TenantId = traffic.Tenant,
                Name = name,
                UserId = _visitor,
                SessionId = _id,
                CreatedAt = _now,
                Url = "https://lamps.example" + path,
                Referrer = _step == 1 ? _referrer : null,
                UserAgent = _userAgent,
                Country = _country,
                Campaign = _campaign,
                ProductId = product,
            }, null, null);
        }

        private LiveEvent Order(int product)
        {
            Advance(pause: true);
            var lines = new List<OrderLine> { Line(product) };
            if (random.NextDouble() < 0.3)
            {
                lines.Add(Line((product + 1 + random.Next(Products - 1)) % Products));
            }

            return new LiveEvent(_now, null, new OrderEvent
            {
                EventId = NextId(),
                TenantId = traffic.Tenant,
                OrderId = "L-" + _id,
                UserId = _visitor,
                SessionId = _id,
                Status = OrderStatus.Placed,
                Currency = "USD",
                CreatedAt = _now,
                UserAgent = _userAgent,
                Country = _country,
                Campaign = _campaign,
                Lines = lines,
            }, null);
        }

        private OrderLine Line(int product)
        {
            var quantity = random.Next(10) switch { < 7 => 1, < 9 => 2, _ => 3 };
            var discount = _campaign is null ? 0 : quantity * PriceOf(product) / 10;
            return new OrderLine(ProductId(product), quantity, PriceOf(product), discount);
        }

        private void Advance(bool pause)
        {
            _step++;
            if (pause && _step > 1)
            {
                _now = _now.AddMilliseconds(random.Next(2_000, 40_000));
            }
        }

        private Guid NextId() => traffic.Id($"{_id}/{_step}");
    }

    private long Tenant => tenant;
}
