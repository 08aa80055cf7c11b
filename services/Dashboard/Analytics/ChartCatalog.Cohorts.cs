using FhirAspire.Dashboard.Formatting;
using FhirAspire.Dashboard.Marts;

namespace FhirAspire.Dashboard.Analytics;

internal static partial class ChartCatalog
{
    private static IEnumerable<Chart> Cohorts()
    {
        yield return new Chart("cohort-sizes", "cohorts", "How many are in the cohorts?", ChartForm.Bars, (f, w, _) => $"""
            with {SqlBuilder.Patients(f, "a")}{(f.Other is null ? "" : ",\n" + SqlBuilder.Patients(f.Other, "b"))}
            select (select count(*) from dim_patients) as everybody, (select count(*) from a) as a{(f.Other is null ? ", null as b, null as both" : ", (select count(*) from b) as b, (select count(*) from a join b on b.id = a.id) as both")}
            """, r => null, "Patients of all times.");

        yield return new Chart("survival", "cohorts", "How do they fare?", ChartForm.Survival, Survival, SurvivalFinding,
            "Kaplan-Meier. Time zero is a patient's first record of the cohort's first condition, new cases only: earlier ones than the observed history are left out. Event: death of any cause; the others are censored at the end of their observation. Bands: 95 % (log-log). Two cohorts that share no patient are compared by the log-rank test. It describes, it claims no cause.", 7) { Series = "series", Unit = "share" };

        yield return new Chart("profile", "cohorts", "Who are they?", ChartForm.Pairs, Profile,
            r => r.Rows.Count == 0 ? null : Difference(r) is { } i ? $"They differ most in: {Format.Clinical(r.Text(i, "label"))}" : null,
            "Share of each cohort. Conditions: the twelve most common of both, active or past.", 5) { Unit = "share" };
    }

    private static string Survival(AnalyticsFilter f, Window w, AnalyticsDialect d)
    {
        var cohorts = new[] { ("A", f), ("B", f.Other) }.Where(pair => pair.Item2?.Conditions.Groups.Any(group => !group.IsNot) == true).ToList();
        if (cohorts.Count == 0)
        {
            return "select null as series, null as days, null as n, null as events, null as value, null as low, null as high, 0 as overlap where false";
        }

        var names = cohorts.Select(pair => $"""
            {SqlBuilder.Patients(pair.Item2!, "patients_" + pair.Item1.ToLowerInvariant())},
            first_{pair.Item1.ToLowerInvariant()} as (
              select p.id, p.observed_from, p.observed_until, p.is_deceased, min(c.start) as index_date
              from patients_{pair.Item1.ToLowerInvariant()} as p join fct_conditions as c on c.patient = p.id and c.code in ({SqlBuilder.List(pair.Item2!.Conditions.Groups.First(group => !group.IsNot).Codes)})
              group by 1, 2, 3, 4
            )
            """);
        return $"""
            with {string.Join(",\n", names)},
            followed as (
              {string.Join("\n  union all\n  ", cohorts.Select(pair => $"select '{pair.Item1}' as series, id, greatest(0, {d.Days("index_date", "observed_until")}) as days, is_deceased as event from first_{pair.Item1.ToLowerInvariant()} where index_date >= observed_from"))}
            ),
            by_day as (select series, days, sum(event) as events, count(*) as leaving from followed group by 1, 2),
            at_risk as (select *, sum(leaving) over (partition by series order by days desc rows between unbounded preceding and current row) as n from by_day),
            steps as (
              select series, days, n, events,
                case when min(n - events) over (partition by series order by days rows between unbounded preceding and current row) = 0 then 0
                  else exp(sum(ln(cast(nullif(n - events, 0) as double precision) / n)) over (partition by series order by days rows between unbounded preceding and current row)) end as value,
                sum(case when n > events then cast(events as double precision) / (n * (n - events)) else 0 end) over (partition by series order by days rows between unbounded preceding and current row) as greenwood
              from at_risk
            )
            select series, days, n, events, value,
              case when value > 0 and value < 1 then power(value, exp(1.96 * sqrt(greenwood) / abs(ln(value)))) else value end as low,
              case when value > 0 and value < 1 then power(value, exp(-1.96 * sqrt(greenwood) / abs(ln(value)))) else value end as high,
              (select count(*) from followed as x join followed as y on y.id = x.id and y.series = 'B' where x.series = 'A') as overlap
            from steps
            order by series, days
            """;
    }

    private static string Profile(AnalyticsFilter f, Window w, AnalyticsDialect d)
    {
        var b = f.Other ?? f;
        return $"""
            with {SqlBuilder.Patients(f, "a")},
            {SqlBuilder.Patients(b, "b")},
            members as (select 'a' as cohort, * from a union all select 'b', * from b),
            sizes as (select cohort, count(*) as n from members group by 1),
            basics as (
              select cohort, 0 as place, 'women' as label, sum(case when gender = 'F' then 1 else 0 end) as k from members group by 1
              union all select cohort, 1, 'aged 65 and over', sum(case when age >= 65 then 1 else 0 end) from members group by 1
              union all select cohort, 2, 'deceased', sum(case when is_deceased = 1 then 1 else 0 end) from members group by 1
            ),
            had as (
              select m.cohort, c.code, max(c.description) as description, count(distinct m.id) as k
              from members as m join fct_conditions as c on c.patient = m.id and c.is_finding = 0
              group by 1, 2
            ),
            commonest as (select code, max(description) as description, sum(k) as total from had group by 1 order by sum(k) desc, code limit 12),
            conditions as (
              select s.cohort, 3 + row_number() over (partition by s.cohort order by t.total desc, t.code) as place, t.description as label, coalesce(h.k, 0) as k
              from commonest as t cross join sizes as s left join had as h on h.code = t.code and h.cohort = s.cohort
            ),
            shares as (select x.*, s.n from (select * from basics union all select * from conditions) as x join sizes as s on s.cohort = x.cohort)
            select label, max(case when cohort = 'a' then k * 1.0 / n end) as a, max(case when cohort = 'b' then k * 1.0 / n end) as b,
              max(case when cohort = 'a' then k end) as a_cases, max(case when cohort = 'b' then k end) as b_cases, min(place) as place
            from shares
            group by label
            order by place
            """;
    }

    private static string? SurvivalFinding(ReaderResult r)
    {
        if (r.Rows.Count == 0)
        {
            return null;
        }

        var five = new[] { "A", "B" }.Select(series => (series, At(r, series, 5 * 365.25))).Where(pair => pair.Item2 is not null).ToList();
        var deaths = Sum(r, "events");
        return deaths == 0 ? $"No deaths among {Format.Plural((long)new[] { "A", "B" }.Sum(s => AtRisk(r, s)), "patient")}; nothing to draw"
            : five.Count == 0 ? null
            : $"Alive after 5 years: {string.Join(", ", five.Select(pair => $"{pair.series} {Format.Share(pair.Item2)}"))}";
    }

    /// <summary>The share alive after some days; null where fewer than 10 are followed so long.</summary>
    internal static double? At(ReaderResult r, string series, double days)
    {
        double? value = null;
        var isFollowed = false;
        for (var i = 0; i < r.Rows.Count; i++)
        {
            if (r.Text(i, "series") != series)
            {
                continue;
            }

            if (r.Number(i, "days") <= days)
            {
                value = r.Number(i, "value");
            }
            else
            {
                isFollowed |= r.Number(i, "n") >= 10;
            }
        }

        return isFollowed ? value ?? 1 : null;
    }

    internal static double AtRisk(ReaderResult r, string series, double days = 0)
    {
        for (var i = 0; i < r.Rows.Count; i++)
        {
            if (r.Text(i, "series") == series && r.Number(i, "days") >= days)
            {
                return r.Number(i, "n") ?? 0;
            }
        }

        return 0;
    }

    // All against none is what the cohorts were chosen by.
    private static int? Difference(ReaderResult r) => Enumerable.Range(0, r.Rows.Count)
        .Where(i => r.Number(i, "a") is not null && r.Number(i, "b") is not null)
        .OrderByDescending(i => Math.Abs(r.Number(i, "a")!.Value - r.Number(i, "b")!.Value))
        .Where(i => Math.Abs(r.Number(i, "a")!.Value - r.Number(i, "b")!.Value) is > 0.01 and < 1)
        .Select(i => (int?)i).FirstOrDefault();
}
