using System.Globalization;
using FhirAspire.Dashboard.Formatting;

namespace FhirAspire.Dashboard.Analytics;

internal static partial class ChartCatalog
{
    private static IEnumerable<Chart> Population()
    {
        yield return new Chart("pyramid", "population", "Who lives here?", ChartForm.Pyramid, (f, w, d) => $"""
            with {SqlBuilder.Patients(f)}
            select {FiveYears(d.Age("p.birthdate", w.B))} as band,
              case when {FiveYears(d.Age("p.birthdate", w.B))} = 90 then '90+'
                else cast(cast(floor({d.Age("p.birthdate", w.B)} / 5) * 5 as integer) as varchar) || '-' || cast(cast(floor({d.Age("p.birthdate", w.B)} / 5) * 5 + 4 as integer) as varchar) end as label,
              sum(case when p.gender = 'M' then 1 else 0 end) as men, sum(case when p.gender = 'F' then 1 else 0 end) as women
            from patients as p
            where {SqlParts.ObservedAt(w.B)}
            group by 1, 2
            order by 1
            """,
            r => r.Rows.Count == 0 ? null : $"{Format.Plural((long)(Sum(r, "men") + Sum(r, "women")), "patient")}, {Format.Share(Sum(r, "women") / (Sum(r, "men") + Sum(r, "women")))} of them women",
            "Patients observed and alive on the last day of the window, by age on that day.") { Behind = PyramidMark };

        yield return new Chart("cities", "population", "Where do patients live?", ChartForm.Bars, (f, w, d) => $"""
            with {SqlBuilder.Patients(f)},
            places as (
              select coalesce(p.city, 'not known') as city, count(*) as n from patients as p where {SqlParts.ObservedAt(w.B)} group by 1
            ),
            ranked as (
              select case when n < 10 then 'other places, each under 10' else city end as label, n, row_number() over (order by n desc, city) as place from places
            )
            select label, sum(n) as value from ranked group by 1 order by 2 desc, 1 limit 15
            """,
            r => Enumerable.Range(0, r.Rows.Count).Where(i => !IsRest(r.Text(i, "label"))).Cast<int?>().FirstOrDefault() is { } first ? $"{Capital(r.Text(first, "label"))} has most: {Format.Count(r.Count(first, "value"))} of {Format.Plural((long)Sum(r, "value"), "patient")}" : null,
            "Patients observed and alive on the last day of the window. Places of fewer than 10 patients are put together.")
        {
            Behind = (mark, w, _) => IsRest(mark) ? null : $"coalesce(p.city, 'not known') = {SqlBuilder.Text(mark)} and {SqlParts.ObservedAt(w.B)}",
        };

        yield return new Chart("prevalence", "population", "What do they have, by age?", ChartForm.Heat, (f, w, d) => $"""
            with {SqlBuilder.Patients(f)},
            observed as (
              select p.id, {AgeBand("a")} as band
              from (select id, {d.Age("birthdate", w.B)} as a from patients as p where {SqlParts.ObservedAt(w.B)}) as p
            ),
            active as (
              select distinct c.patient, c.code, c.description
              from fct_conditions as c
              where {ActiveAt(w.B)}
            ),
            commonest as (
              select a.code, max(a.description) as description, count(*) as cases from active as a join observed as o on o.id = a.patient group by 1 order by count(*) desc, a.code limit 15
            ),
            sizes as (select band, count(*) as n from observed group by 1)
            select t.description as label, s.band as series, count(o.id) as cases, s.n as n, case when s.n >= 10 then 1000.0 * count(o.id) / s.n end as value, max(t.cases) as all_cases, t.code
            from commonest as t
            cross join sizes as s
            left join active as a on a.code = t.code
            left join observed as o on o.id = a.patient and o.band = s.band
            group by t.code, t.description, s.band, s.n
            order by all_cases desc, t.code, s.band
            """,
            r => r.Rows.Count == 0 ? null : $"{Format.Clinical(r.Text(0, "label"))} is the most common: {Format.Plural(r.Count(0, "all_cases"), "patient")}",
            "Cases per 1,000 patients of the age band, on the last day of the window. Findings and situations, such as employment, are left out, obesity is kept. Bands of fewer than 10 patients are withheld.", 12) { Series = "series", Unit = "number", Behind = PrevalenceMark };

        yield return new Chart("immunizations", "population", "Are they protected?", ChartForm.Dots, Immunizations,
            r => r.Rows.Count == 0 ? null : Lowest(r) is { } low ? $"{Capital(r.Text(low, "label"))} has the lowest coverage: {Format.Share(r.Number(low, "value"))} of {Format.Count(r.Count(low, "n"))}" : null,
            "Share of those due, on the last day of the window; aged 2: by the second birthday, of children observed from birth. Distinct days count as doses. Only 10 years are exported, so coverage of adults is a lower bound.", 12) { Unit = "share" };
    }

    private static string FiveYears(string age) => $"least(floor({age} / 5) * 5, 90)";

    private static string AgeBand(string age) => $"case when {age} < 18 then '0-17' when {age} < 40 then '18-39' when {age} < 65 then '40-64' else '65+' end";

    // Obesity is a finding that counts.
    private static string ActiveAt(string day) => $"c.start <= {day} and (c.stop is null or c.stop > {day}) and (c.is_finding = 0 or c.code = '162864005')";

    // F:40 is women of 40 to 44.
    private static string? PyramidMark(string mark, Window w, AnalyticsDialect d) => mark.Split(':') is [("F" or "M") and var sex, var text] && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var band)
        ? $"p.gender = {SqlBuilder.Text(sex)} and {FiveYears(d.Age("p.birthdate", w.B))} = {band.ToString(CultureInfo.InvariantCulture)} and {SqlParts.ObservedAt(w.B)}"
        : null;

    // 59621000:40-64 is who has it at that age.
    private static string? PrevalenceMark(string mark, Window w, AnalyticsDialect d)
    {
        var age = d.Age("p.birthdate", w.B);
        var (code, band) = mark.Split(':') is [var c, var b] ? (c, b) : ("", "");
        return band is not ("0-17" or "18-39" or "40-64" or "65+") || code.Length is 0 or > 18 || !code.All(char.IsAsciiDigit) ? null
            : $"{AgeBand(age)} = {SqlBuilder.Text(band)} and {SqlParts.ObservedAt(w.B)} and exists (select 1 from fct_conditions as c where c.patient = p.id and c.code = {SqlBuilder.Text(code)} and {ActiveAt(w.B)})";
    }

    private static string Immunizations(AnalyticsFilter f, Window w, AnalyticsDialect d) => $"""
        with {SqlBuilder.Patients(f)},
        rules as (
          select * from (values
            ('aged 2: DTaP x4', 4), ('aged 2: polio x3', 3), ('aged 2: MMR', 1), ('aged 2: Hib x3', 3),
            ('aged 2: hepatitis B x3', 3), ('aged 2: varicella', 1), ('aged 2: pneumococcal x4', 4), ('aged 2: rotavirus x2', 2)
          ) as r(label, doses)
        ),
        adult_rules as (
          select * from (values
            ('influenza, last year', 1, 0, {SqlBuilder.Date(w.To.AddDays(-365))}), ('Td or Tdap, 10 years (19+)', 1, 19, {SqlBuilder.Date(w.To.AddYears(-10))}),
            ('zoster (50+)', 1, 50, date '1900-01-01'), ('pneumococcal (65+)', 1, 65, date '1900-01-01'), ('COVID-19 (12+)', 1, 12, date '1900-01-01')
          ) as r(label, doses, from_age, since)
        ),
        rule_codes as (
          select * from (values
            ('aged 2: DTaP x4', '20'), ('aged 2: polio x3', '10'), ('aged 2: MMR', '03'), ('aged 2: Hib x3', '49'),
            ('aged 2: hepatitis B x3', '08'), ('aged 2: varicella', '21'), ('aged 2: pneumococcal x4', '133'), ('aged 2: rotavirus x2', '119'),
            ('influenza, last year', '140'), ('Td or Tdap, 10 years (19+)', '113'), ('Td or Tdap, 10 years (19+)', '115'),
            ('zoster (50+)', '121'), ('pneumococcal (65+)', '33'), ('pneumococcal (65+)', '133'), ('COVID-19 (12+)', '207'), ('COVID-19 (12+)', '208'), ('COVID-19 (12+)', '212')
          ) as r(label, code)
        ),
        doses as (
          select distinct c.label, i.patient, i.code, i.date_day from fct_immunizations as i join rule_codes as c on c.code = i.code
        ),
        children as (
          select p.id, p.birthdate, {d.AddMonths("p.birthdate", "24")} as second_birthday from patients as p
          where {d.AddMonths("p.birthdate", "24")} between {w.A} and {w.B} and p.observed_from <= p.birthdate and p.observed_until >= {d.AddMonths("p.birthdate", "24")}
        ),
        child_results as (
          select r.label, c.id, case when count(distinct i.date_day) >= r.doses then 1 else 0 end as covered
          from rules as r cross join children as c
          left join doses as i on i.patient = c.id and i.label = r.label and i.date_day <= c.second_birthday
          group by r.label, r.doses, c.id
        ),
        adult_results as (
          select r.label, p.id, case when count(distinct case when i.code <> '212' then i.date_day end) >= case when r.label like 'COVID%' then 2 else r.doses end or sum(case when i.code = '212' then 1 else 0 end) > 0 then 1 else 0 end as covered
          from adult_rules as r
          join patients as p on {d.Age("p.birthdate", w.B)} >= r.from_age and p.birthdate <= {SqlBuilder.Date(w.To.AddMonths(-6))}
          left join doses as i on i.patient = p.id and i.label = r.label and i.date_day between r.since and {w.B}
          where {SqlParts.ObservedAt(w.B)}
          group by r.label, r.doses, p.id
        ),
        rates as (
          select label, count(*) as n, sum(covered) as k from child_results group by 1
          union all
          select label, count(*), sum(covered) from adult_results group by 1
        )
        select label, n, k, case when n >= 10 then k * 1.0 / n end as value, {SqlParts.Wilson("k", "n")}
        from rates
        order by case when label like 'aged%' then 1 else 0 end, value desc nulls last, label
        """;
}
