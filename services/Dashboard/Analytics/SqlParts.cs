namespace FhirAspire.Dashboard.Analytics;

/// <summary>Pieces of SQL that several measures share.</summary>
internal static class SqlParts
{
    /// <summary>Encounter classes in the order of their colours; what is not among them is other.</summary>
    public static readonly string[] Classes = ["ambulatory", "wellness", "outpatient", "emergency", "inpatient", "medications"];

    /// <summary>The bounds of a Wilson 95 % interval as two columns.</summary>
    public static string Wilson(string k, string n) => $"""
        case when {n} > 0 then greatest(0, (cast({k} as double precision) / ({n}) + 1.92 / ({n}) - 1.96 * sqrt(cast({k} as double precision) / ({n}) * (1 - cast({k} as double precision) / ({n})) / ({n}) + 0.9604 / (({n}) * ({n})))) / (1 + 3.84 / ({n}))) end as low,
          case when {n} > 0 then least(1, (cast({k} as double precision) / ({n}) + 1.92 / ({n}) + 1.96 * sqrt(cast({k} as double precision) / ({n}) * (1 - cast({k} as double precision) / ({n})) / ({n}) + 0.9604 / (({n}) * ({n})))) / (1 + 3.84 / ({n}))) end as high
        """;

    /// <summary>Mean, median and 95th percentile of a cost as three columns.</summary>
    public static string Spread(string cost, string of) =>
        $"avg({cost}) as mean_{of}, {Percentile(cost, "0.5")} as median_{of}, {Percentile(cost, "0.95")} as p95_{of}";

    /// <summary>A continuous percentile of a group.</summary>
    public static string Percentile(string value, string share) => $"percentile_cont({share}) within group (order by cast({value} as double precision))";

    /// <summary>Patients who are observed and alive on a day.</summary>
    public static string ObservedAt(string day, string p = "p") =>
        $"{p}.observed_from <= {day} and {p}.observed_until >= {day} and ({p}.deathdate is null or {p}.deathdate > {day})";

    /// <summary>A condition of a patient that overlaps the window.</summary>
    public static string HasCondition(string codes, Window w, string p = "p") =>
        $"exists (select 1 from fct_conditions as c where c.patient = {p}.id and c.code in ({codes}) and c.start <= {w.B} and (c.stop is null or c.stop >= {w.A}))";

    /// <summary>A hospice encounter in the window.</summary>
    public static string InHospice(Window w, string p = "p") =>
        $"exists (select 1 from fct_encounters as h where h.patient = {p}.id and h.encounterclass = 'hospice' and h.start_day between {w.A} and {w.B})";

    /// <summary>
    /// Inpatient stays: encounters of a patient joined when the next starts at most a calendar day after the previous end. Detoxification programmes,
    /// stays for pregnancy and open encounters are left out.
    /// </summary>
    public static string Stays(AnalyticsFilter filter, AnalyticsDialect d) => $"""
        with {SqlBuilder.Patients(filter)},
        inpatient as (
          select e.patient, e.id, e.start, e.stop, e.reasondescription,
            max(e.stop) over (partition by e.patient order by e.start, e.id rows between unbounded preceding and 1 preceding) as previous_stop
          from fct_encounters as e
          join patients as p on p.id = e.patient
          where e.encounterclass = 'inpatient' and e.code <> '56876005' and coalesce(e.reasoncode, '') <> '72892002' and e.stop is not null
        ),
        numbered as (
          select *, sum(case when previous_stop is null or {d.Days("cast(previous_stop as date)", "cast(start as date)")} > 1 then 1 else 0 end)
            over (partition by patient order by start, id rows between unbounded preceding and current row) as stay
          from inpatient
        ),
        stays as (
          select patient, stay, min(start) as admitted, max(stop) as discharged, min(reasondescription) as reason from numbered group by patient, stay
        )
        """;
}
