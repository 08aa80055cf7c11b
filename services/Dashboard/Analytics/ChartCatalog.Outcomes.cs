using FhirAspire.Dashboard.Formatting;

namespace FhirAspire.Dashboard.Analytics;

internal static partial class ChartCatalog
{
    private static IEnumerable<Chart> Outcomes()
    {
        yield return new Chart("control", "outcomes", "Are blood pressure, HbA1c and BMI under control?", ChartForm.Parts, Control,
            r => r.Rows.Count == 0 ? null : Part(r, "Blood pressure", "controlled") is { } bp ? $"{Format.Share(bp)} of patients with hypertension have it under control" : null,
            "Newest value in the window. Blood pressure: hypertension, age 18-85, below 140/90. HbA1c: diabetes, age 18-75, controlled below 8 %, poor above 9 %. BMI: age 20 and over, in range 18.5 to 25. Without a reading is its own part, never dropped. House definitions near public measures, not certified ones.", 12) { Series = "series" };

        yield return new Chart("readmission", "outcomes", "How many come back within 30 days of a hospital stay?", ChartForm.Dots, (f, w, d) => $"""
            {SqlParts.Stays(f, d)},
            followed as (
              select s.*, lead(s.admitted) over (partition by s.patient order by s.admitted) as next_admitted from stays as s
            ),
            indexed as (
              select f.*, cast(date_trunc('quarter', f.discharged) as date) as quarter_start,
                case when {d.Days("cast(f.discharged as date)", "cast(f.next_admitted as date)")} between 2 and 30 then 1 else 0 end as is_back
              from followed as f
              join patients as p on p.id = f.patient
              where cast(f.discharged as date) between {w.A} and {w.B}
                and cast(f.admitted as date) < cast(f.discharged as date)
                and {d.Age("p.birthdate", "cast(f.admitted as date)")} >= 18
                and (p.deathdate is null or p.deathdate > cast(f.discharged as date))
                and ({d.Days("cast(f.discharged as date)", "p.observed_until")} >= 30 or p.deathdate is not null)
                and not exists (select 1 from fct_encounters as h where h.patient = f.patient and h.encounterclass = 'hospice' and {d.Days("cast(f.discharged as date)", "h.start_day")} between 0 and 1)
            ),
            rates as (
              select cast(extract(year from quarter_start) as varchar) || ' Q' || cast(extract(quarter from quarter_start) as varchar) as label, count(*) as n, sum(is_back) as k from indexed group by 1
              union all
              select 'all', count(*), coalesce(sum(is_back), 0) from indexed
            )
            select label, n, k, case when n >= 10 then k * 1.0 / n end as value, {SqlParts.Wilson("k", "n")}
            from rates
            order by label
            """,
            r => Row(r, "label", "all") is { } i && r.Count(i, "n") >= 10 ? $"{Format.Share(r.Number(i, "value"))} of {Format.Count(r.Count(i, "n"))} stays were followed by another within 30 days" : null,
            "Inpatient stays, transfers joined, of adults discharged alive with 30 days of follow-up; same-day stays, detoxification, pregnancy and discharges to hospice are left out. Another stay 2 to 30 days after counts, planned or not: they cannot be told apart. Rates of fewer than 10 are withheld.") { Unit = "share" };

        yield return new Chart("length-of-stay", "outcomes", "How long are hospital stays?", ChartForm.Columns, (f, w, d) => $"""
            {SqlParts.Stays(f, d)},
            lengths as (
              select {d.Seconds("admitted", "discharged")} / 86400.0 as days from stays
              where cast(discharged as date) between {w.A} and {w.B} and cast(admitted as date) < cast(discharged as date)
            ),
            binned as (select days, cast(least(15, greatest(1, ceil(days))) as integer) as bin from lengths)
            select case when bin = 15 then '15 and more' else lpad(cast(bin as varchar), 2, ' ') end as label,
              count(*) as value, {SqlParts.Percentile("days", "0.5")} as median_days, {SqlParts.Percentile("days", "0.9")} as p90_days
            from binned
            group by bin
            order by bin
            """,
            r => r.Rows.Count == 0 ? null : $"{Format.Plural((long)Sum(r, "value"), "stay")} in the window",
            "Days of inpatient stays discharged in the window, transfers joined; same-day and open stays are left out.") { AxisY = "stays", AxisX = "days" };

        yield return new Chart("mortality", "outcomes", "How many die, by age?", ChartForm.Dots, (f, w, d) => $"""
            with {SqlBuilder.Patients(f)},
            bands as (
              select * from (values ('0-17', 0, 18), ('18-39', 18, 40), ('40-64', 40, 65), ('65-79', 65, 80), ('80+', 80, 130)) as b(label, low_age, high_age)
            ),
            time_at_risk as (
              select b.label,
                sum(greatest(0, {d.Days(
                  $"greatest(p.observed_from, {w.A}, {d.AddMonths("p.birthdate", "b.low_age * 12")})",
                  $"least(p.observed_until, {w.B}, {d.AddMonths("p.birthdate", "b.high_age * 12")})")})) / 365.25 as years,
                sum(case when p.deathdate between {w.A} and {w.B} and {d.Age("p.birthdate", "p.deathdate")} >= b.low_age and {d.Age("p.birthdate", "p.deathdate")} < b.high_age then 1 else 0 end) as k
              from patients as p cross join bands as b
              where p.observed_from is not null
              group by 1
            )
            select label, k, round(years, 1) as n, case when years >= 10 then 1000.0 * k / years end as value,
              case when years >= 10 then 1000.0 * greatest(0, k - 1.96 * sqrt(k)) / years end as low, case when years >= 10 then 1000.0 * (k + 1.96 * sqrt(k) + case when k = 0 then 3 else 0 end) / years end as high
            from time_at_risk
            where years > 0
            order by label
            """,
            r => r.Rows.Count == 0 ? null : $"{Format.Plural((long)Sum(r, "k"), "death")} in {Format.Number(Sum(r, "n"), 0)} person-years: {Format.Number(1000 * Sum(r, "k") / Math.Max(1e-9, Sum(r, "n")))} per 1,000",
            "Deaths per 1,000 person-years observed in the window, by age. Simulated populations keep N living patients and add those who died on the way, so the share of dead among patients is no death rate; this is.", 12) { Unit = "number" };
    }

    private static string Control(AnalyticsFilter f, Window w, AnalyticsDialect d) => $"""
        with {SqlBuilder.Patients(f)},
        -- read once, for all three measures
        vitals as {d.Materialized}(
          select patient, encounterclass, code, date, date_day, numeric_value
          from fct_observations
          where date_day between {w.A} and {w.B} and code in ('8480-6', '8462-4', '4548-4', '39156-5') and numeric_value is not null
        ),
        observed as (
          select p.id, {d.Age("p.birthdate", w.B)} as age_then from patients as p where {SqlParts.ObservedAt(w.B)}
        ),
        hypertension as {d.Materialized}(
          select p.id from observed as p
          where p.age_then between 18 and 85
            and exists (select 1 from fct_conditions as c where c.patient = p.id and c.code = '59621000' and c.start <= {SqlBuilder.Date(w.From.AddMonths(6))} and (c.stop is null or c.stop >= {w.A}))
            and exists (select 1 from fct_encounters as e where e.patient = p.id and e.start_day between {w.A} and {w.B})
            and not exists (select 1 from fct_conditions as c where c.patient = p.id and c.code in ('46177005', '161665007') and c.start <= {w.B})
            and not exists (select 1 from fct_procedures as c where c.patient = p.id and c.code in ('265764009', '161665007') and c.start_day <= {w.B})
            and not {SqlParts.HasCondition("'72892002'", w)}
            and not {SqlParts.InHospice(w)}
        ),
        readings as (
          select o.patient, o.date_day, min(case when o.code = '8480-6' then o.numeric_value end) as systolic, min(case when o.code = '8462-4' then o.numeric_value end) as diastolic
          from vitals as o
          where o.code in ('8480-6', '8462-4') and o.patient in (select id from hypertension) and (o.encounterclass is null or o.encounterclass not in ('inpatient', 'emergency'))
          group by 1, 2
        ),
        newest as (
          select *, row_number() over (partition by patient order by date_day desc) as k from readings where systolic is not null and diastolic is not null
        ),
        pressure as (
          select 'Blood pressure' as label, case when n.patient is null then '4 no reading (unknown)' when n.systolic < 140 and n.diastolic < 90 then '1 controlled' else '3 not controlled' end as part
          from hypertension as h left join newest as n on n.patient = h.id and n.k = 1
        ),
        diabetes as (
          select p.id from observed as p
          where p.age_then between 18 and 75 and {SqlParts.HasCondition("'44054006', '46635009'", w)} and not {SqlParts.InHospice(w)}
        ),
        tested as (
          select patient, code, date, numeric_value from vitals where code = '4548-4' or (code = '39156-5' and numeric_value between 10 and 100)
        ),
        last_test as (select patient, code, max(date) as date from tested group by 1, 2),
        newest_value as (
          select t.patient, t.code, max(t.numeric_value) as numeric_value
          from tested as t join last_test as l on l.patient = t.patient and l.code = t.code and l.date = t.date
          group by 1, 2
        ),
        hba1c as (
          select 'HbA1c' as label, case when v.patient is null then '4 no reading (unknown)' when v.numeric_value < 8 then '1 controlled' when v.numeric_value <= 9 then '2 between (8 to 9 %)' else '3 not controlled' end as part
          from diabetes as s left join newest_value as v on v.patient = s.id and v.code = '4548-4'
        ),
        bmi as (
          select 'BMI' as label, case when v.patient is null then '4 no reading (unknown)' when v.numeric_value >= 18.5 and v.numeric_value < 25 then '1 in range' when v.numeric_value >= 18.5 and v.numeric_value < 30 then '2 overweight (25 to 30)' else '3 under 18.5 or 30 and over' end as part
          from observed as p left join newest_value as v on v.patient = p.id and v.code = '39156-5'
          where p.age_then >= 20 and not {SqlParts.HasCondition("'72892002'", w)}
        ),
        every_part as (select * from pressure union all select * from hba1c union all select * from bmi)
        select label, substr(part, 3) as series, count(*) as value, sum(count(*)) over (partition by label) as n
        from every_part
        group by label, part
        order by case label when 'Blood pressure' then 1 when 'HbA1c' then 2 else 3 end, part
        """;
}
