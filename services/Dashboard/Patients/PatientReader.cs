using System.Text.Encodings.Web;
using System.Text.Json;
using FhirAspire.Dashboard.Analytics;
using FhirAspire.Dashboard.Marts;
using FhirAspire.Warehouse;
using Microsoft.Extensions.Options;

namespace FhirAspire.Dashboard.Patients;

/// <summary>Finds patients, and reads one life: clinical records from the published marts, the raw bundle and its way from the warehouse.</summary>
public sealed class PatientReader(MartsLibrary marts, ChartService charts, IServiceProvider services, IOptions<DashboardOptions> options)
{
    private const int ShownCharacters = 64 << 10;
    private const int MostCharacters = 32 << 20;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Patients whose name, city or id begins so; all of the newest where the text is empty.</summary>
    public Task<ReaderResult> SearchAsync(string text, long run, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = text.Trim().ToLowerInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(4).ToList();
        var parameters = new Dictionary<string, object?>(StringComparer.Ordinal);
        var conditions = new List<string> { "true" };
        for (var i = 0; i < words.Count; i++)
        {
            parameters[$"w{i}"] = words[i];
            var word = marts.Dialect.Parameter($"w{i}");
            conditions.Add("(" + string.Join(" or ", new[] { "lower(p.first)", "lower(p.last)", "p.id", "lower(p.city)", "cast(p.birthdate as varchar)" }.Select(text => $"substr({text}, 1, length({word})) = {word}")) + ")");
        }

        return marts.QueryAsync(run, $"""
            select p.id, p.full_name, p.gender, p.birthdate, p.deathdate, p.age, p.city, p.state,
              (select count(*) from fct_encounters as e where e.patient = p.id) as encounters,
              (select max(e.start_day) from fct_encounters as e where e.patient = p.id) as last_seen
            from dim_patients as p
            where {string.Join(" and ", conditions)}
            order by last_seen desc nulls last, p.id
            limit 50
            """, parameters, 50, options.Value.ChartTimeout, cancellationToken);
    }

    /// <summary>The patients behind a mark of a chart, those seen last first, with their number in the column <c>total</c>; null where the mark is none of the chart's.</summary>
    public async Task<ReaderResult?> BehindAsync(Chart chart, string mark, AnalyticsFilter filter, long run, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(chart);
        if (mark.Length > 200 || chart.Behind?.Invoke(mark, await charts.WindowAsync(filter, run, cancellationToken), marts.Dialect) is not { } condition)
        {
            return null;
        }

        return await marts.QueryAsync(run, $"""
            select p.id, p.full_name, p.gender, p.birthdate, p.deathdate, p.age, p.city, p.state,
              (select count(*) from fct_encounters as e where e.patient = p.id) as encounters,
              (select max(e.start_day) from fct_encounters as e where e.patient = p.id) as last_seen, count(*) over () as total
            from dim_patients as p
            where {SqlBuilder.Where(filter)} and {condition}
            order by last_seen desc nulls last, p.id
            limit 200
            """, null, 200, options.Value.ChartTimeout, cancellationToken);
    }

    /// <summary>One life; null where no patient has the id.</summary>
    public async Task<PatientLife?> ReadAsync(string id, long run, CancellationToken cancellationToken = default)
    {
        var key = marts.Dialect.Parameter("id");
        var header = await Query($"select p.*, (select e.payer_name from fct_encounters as e where e.patient = p.id order by e.start desc limit 1) as payer_name from dim_patients as p where p.id = {key}");
        if (header.Rows.Count == 0)
        {
            return null;
        }

        return new PatientLife(
            header,
            await Query($"select id, start, stop, encounterclass, description, reasondescription, total_claim_cost, duration_hours from fct_encounters where patient = {key} order by start"),
            await Query($"select description, code, min(start) as start, case when count(stop) < count(*) then null else max(stop) end as stop, count(*) as episodes, max(is_finding) as is_finding from fct_conditions where patient = {key} group by 1, 2 order by max(is_finding), (case when count(stop) < count(*) then 0 else 1 end), min(start)"),
            await Query($"select description, code, min(start) as start, case when count(stop) < count(*) then null else max(stop) end as stop, count(*) as requests, max(is_stop_inferred) as is_inferred from fct_medications where patient = {key} group by 1, 2 order by (case when count(stop) < count(*) then 0 else 1 end), count(*) desc"),
            await Query($"select code, date, numeric_value as value, units from fct_observations where patient = {key} and code in ('8480-6', '8462-4', '4548-4', '39156-5', '29463-7') and numeric_value is not null order by date"),
            await Query($"select date, description from fct_immunizations where patient = {key} order by date"),
            await Query($"select extract(year from day) as year, sum(cost) as cost from (select start as day, total_claim_cost as cost from fct_encounters where patient = {key} union all select start, base_cost from fct_medications where patient = {key}) as c group by 1 order by 1"));

        Task<ReaderResult> Query(string sql) => marts.QueryAsync(run, sql, new Dictionary<string, object?>(StringComparer.Ordinal) { ["id"] = id }, 5000, options.Value.ChartTimeout, cancellationToken);
    }

    /// <summary>Where a patient's records came from: the files, their load runs. Empty where the warehouse is not reached from here.</summary>
    public async Task<IReadOnlyList<PatientFile>> FilesAsync(string id, CancellationToken cancellationToken = default)
    {
        if (services.GetService<IWarehouse>() is not { } warehouse)
        {
            return [];
        }

        await using var session = await warehouse.OpenAsync(cancellationToken);
        var result = await session.QueryAsync($"""
            select f.file_key, f.is_current, f.s3_last_modified, o.run_id, o.loaded_at, o.size
            from staging.base_patient_files as f
            left join raw.load_objects as o on o.file_key = f.file_key
            where f.patient_id = {warehouse.Dialect.Parameter(1)} and f.is_left = 1
            order by f.s3_last_modified desc
            limit 20
            """, [id], cancellationToken);
        return [.. result.Rows.Select(row => new PatientFile((string)row[0]!, Convert.ToInt64(row[1]) == 1, row[2] as DateTime?, row[3] is null ? null : Convert.ToInt64(row[3]), row[4] as DateTime?, row[5] is null ? null : Convert.ToInt64(row[5])))];
    }

    /// <summary>A file's text for a page: indented, and cut to what a page holds.</summary>
    public async Task<(string Text, bool IsCut)?> RawAsync(string fileKey, CancellationToken cancellationToken = default) => await WholeAsync(fileKey, cancellationToken) is { } text ? Shown(text) : null;

    /// <summary>A text of JSON in lines that can be read, the first 64 K of its characters.</summary>
    internal static (string Text, bool IsCut) Shown(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            text = JsonSerializer.Serialize(document.RootElement, Indented);
        }
        catch (JsonException)
        {
            // One that was cut is shown as it is.
        }

        return text.Length <= ShownCharacters ? (text, false) : (text[..ShownCharacters], true);
    }

    /// <summary>A file's text as it was loaded, at most 32 M of its characters.</summary>
    public async Task<string?> WholeAsync(string fileKey, CancellationToken cancellationToken = default)
    {
        if (services.GetService<IWarehouse>() is not { } warehouse)
        {
            return null;
        }

        await using var session = await warehouse.OpenAsync(cancellationToken);
        var result = await session.QueryAsync(
            $"select substr(cast(bundle_data as varchar), 1, {MostCharacters}) from raw.fhir_bundles where file_key = {warehouse.Dialect.Parameter(1)}", [fileKey], cancellationToken);
        return result.Rows is [[string text]] ? text : null;
    }
}

/// <summary>A patient's records.</summary>
public sealed record PatientLife(ReaderResult Header, ReaderResult Encounters, ReaderResult Conditions, ReaderResult Medications, ReaderResult Observations, ReaderResult Immunizations, ReaderResult Costs);

/// <summary>A file that holds a patient.</summary>
public sealed record PatientFile(string Key, bool IsCurrent, DateTime? WrittenAt, long? LoadRun, DateTime? LoadedAt, long? Bytes);
