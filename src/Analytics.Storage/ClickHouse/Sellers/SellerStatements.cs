using Analytics.Storage.ClickHouse.Questions;

namespace Analytics.Storage.ClickHouse.Sellers;

/// <summary>Statements of a seller's pages: the values that most of them need.</summary>
internal static class SellerStatements
{
    /// <summary>A statement about a scope, with the parameters start, end, zone, currency and bots. The tenant is the store's to add.</summary>
    public static Statement About(FigureScope scope, string text)
    {
        var statement = new Statement().Add(text);
        foreach (var (name, value) in scope.Parameters().Where(one => one.Key != TenantFence.Parameter))
        {
            statement.Set(name, value);
        }

        return statement;
    }
}
