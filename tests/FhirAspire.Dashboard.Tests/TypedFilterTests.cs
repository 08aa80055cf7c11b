using FhirAspire.Dashboard.Analytics;

namespace FhirAspire.Dashboard.Tests;

public sealed class TypedFilterTests
{
    [Theory]
    [InlineData("", "59621000.!44054006", "cond=59621000.!44054006")]
    [InlineData("cond=1", "!44054006", "cond=1.!44054006")]
    [InlineData("cond=1", " 2,3 . !4,5 ", "cond=1.2,3.!4,5")]
    [InlineData("cond=1.!2", "1.!2.3", "cond=1.!2.3")]
    [InlineData("age=10-20&med=7", "age=40-65&med=!860975&sex=F", "age=40-65&sex=F&med=7.!860975")]
    [InlineData("", "city=New York", "city=New%20York")]
    public void What_is_typed_is_added_to_what_is_there(string before, string typed, string after)
    {
        var (filter, unread) = AnalyticsFilter.Parse(before).With(typed);
        unread.ShouldBeEmpty();
        filter.Query().ShouldBe(after);
        AnalyticsFilter.Parse(filter.Query()).Query().ShouldBe(after);
    }

    [Theory]
    [InlineData("59621000;drop")]
    [InlineData("!")]
    [InlineData("colour=red")]
    [InlineData("sex=women")]
    [InlineData("age=-")]
    [InlineData("1")]
    [InlineData("a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t")]
    public void What_cannot_be_read_is_told_and_changes_nothing(string typed)
    {
        var before = AnalyticsFilter.Parse("cond=1");
        var (filter, unread) = before.With(typed);
        unread.ShouldBe([typed]);
        filter.Query().ShouldBe(before.Query());
    }

    [Fact]
    public void A_typed_not_is_a_not_in_the_query()
    {
        var (filter, _) = new AnalyticsFilter().With("59621000.!44054006");
        SqlBuilder.Where(filter).ReplaceLineEndings("\n").ShouldBe(
            "exists (select 1 from fct_conditions as c where c.patient = p.id and c.code in ('59621000'))\n    and not exists (select 1 from fct_conditions as c where c.patient = p.id and c.code in ('44054006'))");
    }
}
