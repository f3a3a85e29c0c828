namespace Analytics.Local.Registry;

/// <summary>Adds routes whose delegates give a value; the value becomes a <see cref="RegistryAnswer"/>.</summary>
/// <remarks>Not minimal API delegates: one that takes only the context and gives a value would be taken for one that gives
/// nothing.</remarks>
internal sealed class RegistryRoutes(IEndpointRouteBuilder routes)
{
    /// <summary>Answers GET.</summary>
    public void Get(string pattern, Func<HttpContext, Task<object>> answer) => routes.MapGet(pattern, By(answer));

    /// <summary>Answers POST.</summary>
    public void Post(string pattern, Func<HttpContext, Task<object>> answer) => routes.MapPost(pattern, By(answer));

    /// <summary>Answers PUT.</summary>
    public void Put(string pattern, Func<HttpContext, Task<object>> answer) => routes.MapPut(pattern, By(answer));

    /// <summary>Answers DELETE.</summary>
    public void Delete(string pattern, Func<HttpContext, Task<object>> answer) => routes.MapDelete(pattern, By(answer));

    private static RequestDelegate By(Func<HttpContext, Task<object>> answer) =>
        async context => await new RegistryAnswer(await answer(context)).ExecuteAsync(context);
}
