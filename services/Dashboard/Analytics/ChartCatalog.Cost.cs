using FhirAspire.Dashboard.Formatting;

namespace FhirAspire.Dashboard.Analytics;

internal static partial class ChartCatalog
{
    private const string CostNote = "Claims of encounters plus pharmacy claims, USD, by date of service. Procedures and immunizations are lines inside encounter claims and are not added again.";

    private static string Costs(AnalyticsFilter filter, Window w) => $"""
        with {SqlBuilder.Patients(filter)},
        costs as (
          select e.start as day, e.patient, e.payer_name, e.encounterclass as class, e.total_claim_cost as cost
          from fct_encounters as e join patients as p on p.id = e.patient where e.start_day between {w.A} and {w.B}
          union all
          select m.start, m.patient, m.payer_name, 'medications', m.base_cost
          from fct_medications as m join patients as p on p.id = m.patient where m.start_day between {w.A} and {w.B}
        )
        """;

    private static IEnumerable<Chart> Cost()
    {
        yield return new Chart("cost-by-month", "cost", "What is billed each month, by class of encounter?", ChartForm.Columns, (f, w, _) => $"""
            {Costs(f, w)}
            select cast(date_trunc('month', day) as date) as label,
              case when class in ({SqlBuilder.List(SqlParts.Classes)}) then class else 'other' end as series,
              sum(cost) as value, count(distinct patient) as patients
            from costs
            group by 1, 2
            order by 1, 2
            """,
            r => r.Rows.Count == 0 ? null : $"{Format.Usd(Sum(r, "value"))} billed; the dearest month is {Best(r, "label")[..7]}",
            CostNote + " A month that the window cuts is hatched.", 12) { Series = "series", Unit = "usd", AxisY = "USD a month" };

        yield return new Chart("cost-by-payer", "cost", "Who is billed?", ChartForm.Bars, (f, w, _) => $"""
            {Costs(f, w)}
            select coalesce(payer_name, 'not known') as label, sum(cost) as value, count(distinct patient) as patients, {SqlParts.Spread("cost", "claim")}
            from costs
            group by 1
            order by 2 desc nulls last, 1
            """,
            r => r.Rows.Count == 0 ? null : $"{Payer(r.Text(0, "label"))} is billed most: {Format.Share(r.Number(0, "value") / Sum(r, "value"))} of {Format.Usd(Sum(r, "value"))}",
            CostNote) { Unit = "usd", Spread = "claim" };

        yield return new Chart("cost-by-class", "cost", "Which class of encounter costs most?", ChartForm.Bars, (f, w, _) => $"""
            {Costs(f, w)}
            select class as label, sum(cost) as value, count(*) as claims, {SqlParts.Spread("cost", "claim")}
            from costs
            group by 1
            order by 2 desc nulls last, 1
            """,
            r => r.Rows.Count == 0 ? null : $"{Capital(r.Text(0, "label"))} is the largest class: {Format.Share(r.Number(0, "value") / Sum(r, "value"))} of cost",
            CostNote) { Unit = "usd", Spread = "claim" };

        yield return new Chart("cost-split", "cost", "Who pays: the payer or the patient?", ChartForm.Parts, (f, w, _) => $"""
            {Costs(f, w)}
            select 'Billed cost' as label, part as series, sum(cost) as value
            from (
              select case when payer_name = 'NO_INSURANCE' then 'patient, uninsured (known)' else 'billed to insurers, split not in the data (unknown)' end as part, cost
              from costs
            ) as parts
            group by 1, 2
            order by 2 desc nulls last, 1
            """,
            r => r.Rows.Count == 0 ? null : $"The split is known for {Format.Share(Enumerable.Range(0, r.Rows.Count).Where(i => r.Text(i, "series")!.Contains("(known)", StringComparison.Ordinal)).Sum(i => r.Number(i, "value") ?? 0) / Sum(r, "value"))} of cost",
            "FHIR carries neither payer coverage nor patient responsibility of insured patients: that part is unknown, not zero. Uninsured patients bear all of it.", 12) { Series = "series", Unit = "usd" };

        yield return new Chart("cost-per-person", "cost", "What does a person cost in a month?", ChartForm.Columns, (f, w, d) => $"""
            {Costs(f, w)},
            months as (select * from (values {Months(w)}) as m(month, last_day)),
            days as (
              select m.month, m.last_day, p.id as patient, {d.Days($"greatest(p.observed_from, m.month, {w.A})", $"least(p.observed_until, m.last_day, {w.B})")} + 1 as days
              from months as m join patients as p on p.observed_from <= least(m.last_day, {w.B}) and p.observed_until >= greatest(m.month, {w.A})
            ),
            bills as (select cast(date_trunc('month', day) as date) as month, patient, sum(cost) as cost from costs group by 1, 2),
            persons as (
              select d.month, sum(d.days * 1.0 / ({d.Days("d.month", "d.last_day")} + 1)) as person_months,
                {SqlParts.Percentile("coalesce(b.cost, 0)", "0.5")} as median_person, {SqlParts.Percentile("coalesce(b.cost, 0)", "0.95")} as p95_person
              from days as d left join bills as b on b.month = d.month and b.patient = d.patient
              group by 1
            ),
            billed as (select month, sum(cost) as cost from bills group by 1)
            select p.month as label, cast(coalesce(b.cost, 0) as double precision) / p.person_months as value, p.median_person, p.p95_person, coalesce(b.cost, 0) as billed, p.person_months
            from persons as p left join billed as b on b.month = p.month
            order by 1
            """,
            r => r.Rows.Count == 0 ? null : $"{Format.Usd(Sum(r, "billed") / Sum(r, "person_months"))} per person and month, over {Format.Count((long)Math.Round(Sum(r, "person_months")))} person-months",
            CostNote + " A person counts in a month by the share of its days on which they are observed. The table has the median and 95th percentile of the persons observed in a month, those without a claim as 0.", 12) { Unit = "usd", AxisY = "USD" };

        yield return Top("cost-procedures", "Which procedures are billed most?", "fct_procedures");
        yield return Top("cost-medications", "Which medications are billed most?", "fct_medications");
    }

    private static Chart Top(string id, string question, string table) => new(id, "cost", question, ChartForm.Bars, (f, w, _) => $"""
        with {SqlBuilder.Patients(f)}
        select x.description as label, sum(x.base_cost) as value, count(*) as uses, {SqlParts.Spread("x.base_cost", "use")}
        from {table} as x
        join patients as p on p.id = x.patient
        where x.start_day between {w.A} and {w.B} and x.base_cost is not null
        group by 1
        order by 2 desc nulls last, 1
        limit 15
        """,
        r => r.Rows.Count == 0 ? null : $"{Capital(Format.Clinical(r.Text(0, "label")))} leads with {Format.Usd(r.Number(0, "value"))} over {Format.Plural(r.Count(0, "uses"), "use")}",
        table == "fct_procedures" ? "Billed lines, USD, the 15 largest. Lines stand inside encounter claims, so they do not sum to the total cost." : "Pharmacy claims, USD, one fill a request, the 15 largest.") { Unit = "usd", Spread = "use" };

    // Written out: each database makes a series of days in its own way.
    private static string Months(Window w)
    {
        var first = new DateOnly(w.From.Year, w.From.Month, 1);
        var months = ((w.To.Year - first.Year) * 12) + w.To.Month - first.Month + 1;
        return string.Join(", ", Enumerable.Range(0, months).Select(i => $"({SqlBuilder.Date(first.AddMonths(i))}, {SqlBuilder.Date(first.AddMonths(i + 1).AddDays(-1))})"));
    }

    private static string Payer(string? name) => name == "NO_INSURANCE" ? "Nobody (uninsured patients)" : name ?? Format.None;
}
