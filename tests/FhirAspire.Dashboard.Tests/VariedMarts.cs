using System.Globalization;
using DuckDB.NET.Data;
using Npgsql;

namespace FhirAspire.Dashboard.Tests;

/// <summary>Marts of many different patients, the same rows as Parquet files and as tables of PostgreSQL.</summary>
internal static class VariedMarts
{
    // Numbers that look random and are the same everywhere.
    private const string Patients = """
        select 'p' || lpad(cast(i as varchar), 3, '0') as id, 'First' || i as first, 'Last' || (i % 90) as last, 'First' || i || ' Last' || (i % 90) as full_name,
          case when i % 9 = 0 then date '2023-03-01' + cast((i * 37) % 900 as integer) when i = 7 then date '1984-02-29' else date '1930-01-01' + cast((i * 7919) % 32000 as integer) end as birthdate,
          case when i % 11 = 5 then date '2024-06-01' + cast((i * 131) % 540 as integer) end as deathdate, case when i % 11 = 5 then 1 else 0 end as is_deceased,
          case when i % 2 = 0 then 'F' else 'M' end as gender, case when i % 5 = 0 then 'asian' else 'white' end as race, case when i % 7 = 0 then 'hispanic' else 'nonhispanic' end as ethnicity, 'S' as marital,
          case i % 4 when 0 then 'Boston' when 1 then 'Lowell' when 2 then case when i < 20 then 'O''Hara' else 'Salem' end end as city, 'MA' as state,
          greatest(date '2016-01-01', case when i % 9 = 0 then date '2023-03-01' + cast((i * 37) % 900 as integer) when i = 7 then date '1984-02-29' else date '1930-01-01' + cast((i * 7919) % 32000 as integer) end) as observed_from,
          case when i % 11 = 5 then date '2024-06-01' + cast((i * 131) % 540 as integer) else date '2026-01-01' - cast(i % 3 as integer) end as observed_until, cast((i * 7919) % 95 as integer) as age
        from range(400) as r(i)
        """;

    private static readonly (string Table, string Sql)[] Tables =
    [
        ("dim_patients", Patients),
        ("fct_conditions", """
            select 'p' || lpad(cast(i as varchar), 3, '0') as patient, c[1 + (i + k) % len(c)] as code, 'Condition ' || c[1 + (i + k) % len(c)] as description,
              date '2015-06-01' + cast((i * 97 + k * 400) % 3600 as integer) as start, case when (i + k) % 3 = 0 then date '2015-06-01' + cast((i * 97 + k * 400) % 3600 + 200 as integer) end as stop, case when (i + k) % 13 = 0 then 1 else 0 end as is_finding
            from range(400) as r(i), range(3) as s(k), (select ['59621000', '44054006', '162864005', '72892002', '46177005', '15777000', '10509002', '195662009'] as c)
            """),
        ("fct_encounters", """
            select 'e' || i as id, 'p' || lpad(cast(i % 400 as varchar), 3, '0') as patient, case i % 5 when 0 then 'NO_INSURANCE' when 1 then 'Aetna' when 2 then 'Humana' when 3 then 'Medicare' end as payer_name,
              case i % 8 when 0 then 'inpatient' when 1 then 'emergency' when 2 then 'wellness' when 3 then 'outpatient' when 4 then case when i % 50 = 4 then 'hospice' else 'virtual' end else 'ambulatory' end as encounterclass,
              case when i % 64 = 0 then '56876005' else '1' end as code, 'Visit' as description, case when i % 48 = 0 then '72892002' end as reasoncode, case when i % 6 = 0 then 'Reason ' || (i % 12) end as reasondescription,
              timestamp '2024-10-01 08:30:00' + to_hours(cast((i * 53) % 10900 as integer)) as start,
              case when i % 200 <> 0 then timestamp '2024-10-01 08:30:00' + to_hours(cast((i * 53) % 10900 + case when i % 8 = 0 then 5 + (i * 7) % 500 else 1 end as integer)) end as stop,
              cast(timestamp '2024-10-01 08:30:00' + to_hours(cast((i * 53) % 10900 as integer)) as date) as start_day, 1.5 as duration_hours, cast((i * 31) % 9000 / 7.0 as decimal(18, 2)) as total_claim_cost
            from range(3000) as r(i)
            """),
        ("fct_observations", """
            select 'o' || i || c as observation_key, 'p' || lpad(cast((i * 3) % 400 as varchar), 3, '0') as patient, 'e' || (i % 3000) as encounter,
              case i % 8 when 0 then 'inpatient' when 1 then 'emergency' when 2 then 'wellness' when 7 then null else 'ambulatory' end as encounterclass, c as code,
              timestamp '2024-12-01 10:00:00' + to_hours(cast((i * 77) % 9500 as integer)) as date, cast(timestamp '2024-12-01 10:00:00' + to_hours(cast((i * 77) % 9500 as integer)) as date) as date_day,
              case when i % 97 <> 0 then cast(case c when '8480-6' then 100 + (i * 13) % 80 when '8462-4' then 60 + (i * 11) % 50 when '4548-4' then 5 + (i % 60) / 10.0 else 15 + (i * 7) % 30 end as double) end as numeric_value, 'u' as units
            from range(1500) as r(i), (values ('8480-6'), ('8462-4'), ('4548-4'), ('39156-5')) as v(c)
            """),
        ("fct_medications", """
            select 'm' || i as id, 'p' || lpad(cast((i * 7) % 400 as varchar), 3, '0') as patient, 'e' || i as encounter, cast(i % 9 as varchar) as code, 'Drug ' || (i % 9) as description,
              timestamp '2024-11-01 09:00:00' + to_hours(cast((i * 71) % 9900 as integer)) as start, cast(null as timestamp) as stop, cast(timestamp '2024-11-01 09:00:00' + to_hours(cast((i * 71) % 9900 as integer)) as date) as start_day,
              case when i % 4 = 0 then 'NO_INSURANCE' else 'Aetna' end as payer_name, cast((i * 17) % 700 / 3.0 as decimal(18, 2)) as base_cost, 0 as is_stop_inferred
            from range(900) as r(i)
            """),
        ("fct_procedures", """
            select 'r' || i as id, 'p' || lpad(cast((i * 11) % 400 as varchar), 3, '0') as patient, 'e' || i as encounter, case when i % 100 = 0 then '265764009' else cast(i % 7 as varchar) end as code, 'Procedure ' || (i % 7) as description,
              timestamp '2025-01-05 09:00:00' + to_hours(cast((i * 37) % 8600 as integer)) as start, cast(timestamp '2025-01-05 09:00:00' + to_hours(cast((i * 37) % 8600 as integer)) as date) as start_day, case when i % 10 <> 3 then cast((i * 29) % 4000 / 9.0 as decimal(18, 2)) end as base_cost
            from range(700) as r(i)
            """),
        ("fct_immunizations", """
            select 'i' || i as id, 'p' || lpad(cast(i % 400 as varchar), 3, '0') as patient, c[1 + i % len(c)] as code, 'Vaccine' as description, timestamp '2023-06-01 10:00:00' + to_hours(cast((i * 91) % 22000 as integer)) as date,
              cast(timestamp '2023-06-01 10:00:00' + to_hours(cast((i * 91) % 22000 as integer)) as date) as date_day
            from range(4000) as r(i), (select ['140', '113', '115', '121', '33', '133', '207', '208', '212', '20', '10', '03', '49', '08', '21', '119', '83'] as c)
            """),
    ];

    /// <summary>Publishes them as run 7 in a folder.</summary>
    public static void Publish(string folder)
    {
        var run = Path.Combine(folder, "7");
        Directory.CreateDirectory(run);
        using var connection = new DuckDBConnection("Data Source=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        foreach (var (table, sql) in Tables)
        {
            command.CommandText = $"copy ({sql}) to '{Path.Combine(run, table + ".parquet")}' (format parquet)";
            command.ExecuteNonQuery();
        }

        File.CreateSymbolicLink(Path.Combine(folder, "current"), "7");
    }

    /// <summary>Copies them into the schema marts of a database, with a role that may read them and nothing else.</summary>
    /// <returns>The connection string of the role.</returns>
    public static async Task<string> CopyAsync(string connectionString)
    {
        using var source = new DuckDBConnection("Data Source=:memory:");
        source.Open();
        await using var target = new NpgsqlConnection(connectionString);
        await target.OpenAsync();
        await ExecuteAsync("create schema marts; create schema raw; create table raw.secrets as select 1 as a");
        foreach (var (table, sql) in Tables)
        {
            using var command = source.CreateCommand();
            command.CommandText = sql;
            using var reader = command.ExecuteReader();
            var columns = Enumerable.Range(0, reader.FieldCount).Select(i => (Name: reader.GetName(i), Type: TypeOf(reader.GetFieldType(i), reader.GetDataTypeName(i)))).ToList();
            await ExecuteAsync($"create table marts.{table} ({string.Join(", ", columns.Select(column => $"\"{column.Name}\" {column.Type}"))})");
            await using var copy = await target.BeginTextImportAsync($"copy marts.{table} from stdin (format csv, null '\\N')");
            while (reader.Read())
            {
                await copy.WriteLineAsync(string.Join(',', columns.Select((_, i) => reader.IsDBNull(i) ? "\\N" : Cell(reader.GetValue(i)))));
            }
        }

        var role = new NpgsqlConnectionStringBuilder(connectionString);
        var name = $"reader_{role.Database}";
        await ExecuteAsync($"create role {name} login password 'reads-only'; grant usage on schema marts to {name}; grant select on all tables in schema marts to {name}; analyze");
        (role.Username, role.Password) = (name, "reads-only");
        return role.ConnectionString;

        async Task ExecuteAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, target);
            await command.ExecuteNonQueryAsync();
        }
    }

    private static string Cell(object value) => value switch
    {
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTime time => time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        string text => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string TypeOf(Type type, string name) => type == typeof(DateOnly) ? "date" : type == typeof(DateTime) ? "timestamp"
        : type == typeof(double) ? "double precision" : type == typeof(decimal) ? "numeric(18, 2)" : type == typeof(int) ? "integer" : type == typeof(long) ? "bigint" : type == typeof(string) ? "text" : throw new NotSupportedException(name);
}
