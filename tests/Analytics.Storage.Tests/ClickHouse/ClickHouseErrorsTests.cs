using System.Net;
using Analytics.Storage.ClickHouse;

namespace Analytics.Storage.Tests.ClickHouse;

public sealed class ClickHouseErrorsTests
{
    [Theory]
    [InlineData(252, HttpStatusCode.InternalServerError)] // too many parts
    [InlineData(243, HttpStatusCode.InternalServerError)] // disk full
    [InlineData(242, HttpStatusCode.InternalServerError)] // read-only replica
    [InlineData(516, HttpStatusCode.Forbidden)] // password refused
    [InlineData(497, HttpStatusCode.Forbidden)] // right refused
    [InlineData(0, HttpStatusCode.BadGateway)]
    [InlineData(0, HttpStatusCode.NotFound)] // a load balancer's own page
    public void What_a_server_or_its_keeper_can_mend_is_waited_for(int code, HttpStatusCode status) => Assert.True(ClickHouseErrors.Passes(code, status));

    [Theory]
    [InlineData(62, HttpStatusCode.BadRequest)] // syntax
    [InlineData(60, HttpStatusCode.NotFound)] // unknown table: a restart makes it
    [InlineData(27, HttpStatusCode.BadRequest)] // the data do not fit
    [InlineData(0, HttpStatusCode.BadRequest)]
    public void What_would_come_again_with_the_same_statement_is_not(int code, HttpStatusCode status) => Assert.False(ClickHouseErrors.Passes(code, status));
}
