using Analytics.Benchmarks.Assembling;

namespace Analytics.Benchmarks.Rows;

/// <summary>What one lane of <see cref="NaiveGraph"/> has counted.</summary>
internal sealed class NaiveLane
{
    private readonly Dictionary<(long Tenant, long Minute, string Name, string? Country, string? Device, string Source), Cell> _cells = [];
    private readonly Dictionary<(long Tenant, long Minute, string Product, string Name), long> _products = [];
    private readonly Dictionary<(long Tenant, long Minute), Minute> _minutes = [];

    /// <summary>The whole.</summary>
    public Groups Counted => new(
        _cells.Values.Sum(cell => cell.Events), _cells.Count, _cells.Values.Sum(cell => (long)cell.Users.Count), _cells.Values.Sum(cell => (long)cell.Sessions.Count));

    /// <summary>Counts an event.</summary>
    public void Count(NaiveEvent click)
    {
        var minute = click.EventTime / 60_000;
        var key = (click.Tenant, minute, click.Name, click.Country, click.Device, click.Source);
        if (!_cells.TryGetValue(key, out var cell))
        {
            _cells.Add(key, cell = new Cell());
        }

        cell.Events++;
        cell.Users.Add(click.UserId);
        if (click.SessionId is { } session)
        {
            cell.Sessions.Add((click.UserId, session));
        }

        if (click.ProductId is { } product)
        {
            var productKey = (click.Tenant, minute, product, click.Name);
            _products[productKey] = _products.GetValueOrDefault(productKey) + 1;
        }

        if (!_minutes.TryGetValue((click.Tenant, minute), out var live))
        {
            _minutes.Add((click.Tenant, minute), live = new Minute());
        }

        live.Add(click.Name);
    }

    private sealed class Cell
    {
        public long Events { get; set; }

        public HashSet<string> Users { get; } = [];

        public HashSet<(string User, string Session)> Sessions { get; } = [];
    }

    private sealed class Minute
    {
        private readonly long[] _figures = new long[4];

        public void Add(string name)
        {
            _figures[0]++;
            switch (name)
            {
                case "page_view":
                    _figures[1]++;
                    break;
                case "add_to_cart":
                    _figures[2]++;
                    break;
                case "checkout_start":
                    _figures[3]++;
                    break;
            }
        }
    }
}
