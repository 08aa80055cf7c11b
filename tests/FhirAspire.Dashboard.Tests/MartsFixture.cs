using DuckDB.NET.Data;

namespace FhirAspire.Dashboard.Tests;

/// <summary>Small published marts made of hand-written rows, in a folder that ends with the test.</summary>
public sealed class MartsFixture : IDisposable
{
    public MartsFixture()
    {
        var run = Path.Combine(Folder, "7");
        Directory.CreateDirectory(run);
        using var connection = new DuckDBConnection("Data Source=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        foreach (var (table, sql) in Tables)
        {
            command.CommandText = $"copy ({sql}) to '{Path.Combine(run, table + ".parquet")}' (format parquet)";
            command.ExecuteNonQuery();
        }

        File.CreateSymbolicLink(Path.Combine(Folder, "current"), "7");
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("dashboard-marts-").FullName;

    // 40 patients born 1960-01-01 to 1960-02-09, even ones women; all observed 2016 to 2026. Numbers 0 to 19 have hypertension, 0 to 9 of them readings of 130/80, 10 to 14 of 150/95;
    // on the next day 0 to 3 have one of 170/105 in hospital.
    private static (string Table, string Sql)[] Tables =>
    [
        ("dim_patients", """
            select 'p' || lpad(cast(i as varchar), 2, '0') as id, 'First' || i as first, 'Last' || i as last, 'First' || i || ' Last' || i as full_name, date '1960-01-01' + cast(i as integer) as birthdate,
              cast(null as date) as deathdate, 0 as is_deceased, case when i % 2 = 0 then 'F' else 'M' end as gender, 'white' as race, 'nonhispanic' as ethnicity, 'S' as marital,
              'Boston' as city, 'MA' as state, date '2016-01-01' as observed_from, date '2026-01-01' as observed_until, 65 as age from range(40) as r(i)
            """),
        ("fct_conditions", "select 'p' || lpad(cast(i as varchar), 2, '0') as patient, '59621000' as code, 'Essential hypertension (disorder)' as description, date '2020-01-01' as start, cast(null as date) as stop, 0 as is_finding from range(20) as r(i)"),
        ("fct_encounters", """
            select 'e' || i as id, 'p' || lpad(cast(i % 40 as varchar), 2, '0') as patient, 'Aetna' as payer_name, case when i < 40 then 'ambulatory' else 'inpatient' end as encounterclass, '1' as code, 'Visit' as description,
              cast(null as varchar) as reasoncode, cast(null as varchar) as reasondescription, timestamp '2025-06-01 10:00:00' + to_days(cast(case when i < 40 then 0 when i < 60 then 10 else 25 end as integer)) as start,
              timestamp '2025-06-03 10:00:00' + to_days(cast(case when i < 40 then 0 when i < 60 then 10 else 25 end as integer)) as stop,
              cast(timestamp '2025-06-01 10:00:00' + to_days(cast(case when i < 40 then 0 when i < 60 then 10 else 25 end as integer)) as date) as start_day, 48.0 as duration_hours, cast(100 as decimal(18, 2)) as total_claim_cost
            from (select unnest(range(60)) as i union all select i + 40 from (select unnest(range(40, 45)) as i)) as r
            """),
        ("fct_observations", """
            select 'o' || i || c as observation_key, 'p' || lpad(cast(i as varchar), 2, '0') as patient, 'e' || i as encounter, 'ambulatory' as encounterclass, c as code, timestamp '2025-06-01 10:00:00' as date, date '2025-06-01' as date_day,
              cast(case when c = '8480-6' then case when i < 10 then 130 else 150 end else case when i < 10 then 80 else 95 end end as double) as numeric_value, 'mmHg' as units
            from range(15) as r(i), (values ('8480-6'), ('8462-4')) as v(c)
            union all
            select 'h' || i || c, 'p' || lpad(cast(i as varchar), 2, '0'), 'e' || (i + 40), case when i % 2 = 0 then 'inpatient' else 'emergency' end, c, timestamp '2025-06-02 10:00:00', date '2025-06-02', case when c = '8480-6' then 170.0 else 105.0 end, 'mmHg'
            from range(4) as r(i), (values ('8480-6'), ('8462-4')) as v(c)
            """),
        ("fct_medications", "select 'm1' as id, 'p00' as patient, 'e0' as encounter, '1' as code, 'Aspirin' as description, timestamp '2025-06-01' as start, cast(null as timestamp) as stop, date '2025-06-01' as start_day, 'Aetna' as payer_name, cast(50 as decimal(18, 2)) as base_cost, 0 as is_stop_inferred"),
        ("fct_procedures", "select 'r1' as id, 'p00' as patient, 'e0' as encounter, '=HYPERLINK()' as code, '=1+1' as description, timestamp '2025-06-01' as start, date '2025-06-01' as start_day, cast(70 as decimal(18, 2)) as base_cost"),
        ("fct_immunizations", "select 'i' || i as id, 'p' || lpad(cast(i as varchar), 2, '0') as patient, '140' as code, 'Influenza' as description, timestamp '2025-10-01' as date, date '2025-10-01' as date_day from range(10) as r(i)"),
    ];

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
