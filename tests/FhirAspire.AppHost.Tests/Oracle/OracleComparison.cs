using System.Text;
using FhirAspire.Warehouse;

namespace FhirAspire.AppHost.Tests.Oracle;

/// <summary>Compares the staging tables of a warehouse file with Synthea's CSV tables of the same patients.</summary>
internal sealed class OracleComparison(OracleFile oracle, string csvFolder, bool strictColumnsOnly)
{
    /// <summary>Columns that are not compared, <c>table.column</c>: what an input's kind cannot give.</summary>
    public IReadOnlySet<string> Ignored { get; init; } = new HashSet<string>();

    /// <summary>Tables that are not compared, for the same reason.</summary>
    public IReadOnlySet<string> IgnoredTables { get; init; } = new HashSet<string>();

    /// <returns>One sentence for each rate that is not reached.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(IWarehouse warehouse)
    {
        await using var session = await warehouse.OpenAsync();
        var faults = new List<string>();
        foreach (var (name, map) in oracle.Maps)
        {
            await session.ExecuteAsync($"create or replace temp table map_{name} as select * from (values {string.Join(", ", map.Select(pair => $"({Literal(pair.Key)}, {Literal(pair.Value)})"))}) as m(k, v)");
        }

        await session.ExecuteAsync($"""create or replace temp table payer_expected as select "Id" as k, "NAME" as v from {Csv("payers.csv.gz")}""");
        await session.ExecuteAsync("create or replace temp table payer_found as select distinct id as k, name as v from staging.stg_payers");
        foreach (var table in oracle.Tables.Where(table => !IgnoredTables.Contains(table.Name)))
        {
            await CompareAsync(session, table, faults);
        }

        return faults;
    }

    private async Task CompareAsync(IWarehouseSession session, OracleTable table, List<string> faults)
    {
        var present = (await session.QueryAsync($"select lower(column_name) from information_schema.columns where table_schema = 'staging' and table_name = {Literal(table.Model)}"))
            .Rows.Select(row => (string)row[0]!).ToHashSet(StringComparer.Ordinal);
        var missing = table.Columns.Where(column => !present.Contains(column.Name)).Select(column => column.Name).ToList();
        if (missing.Count > 0)
        {
            faults.Add($"{table.Model} has no column {string.Join(", ", missing)}");
            return;
        }

        var header = (await session.QueryAsync($"describe select * from {Csv(table.Csv)}")).Rows.Select(row => (string)row[0]!).ToDictionary(name => name.ToLowerInvariant(), StringComparer.Ordinal);
        var filter = string.Join(" or ", (table.CsvFilterAny ?? []).Select(f => f.IsNull is { } isNull ? $"{Quote(f.Column)} is {(isNull ? "" : "not ")}null" : $"{Quote(f.Column)} = {Literal(f.Value!)}"));
        var expected = string.Join(", ", header.Select(pair => $"nullif({Quote(pair.Value)}, '') as {Quote(pair.Key)}"));
        await session.ExecuteAsync($"create or replace temp table expected_raw as select {expected} from {Csv(table.Csv)}");
        await PrepareAsync(session, table, "expected", $"expected_raw where {(filter.Length > 0 ? filter : "true")}");
        await PrepareAsync(session, table, "found", $"staging.{Quote(table.Model)}");

        var others = table.Columns.Where(column => !table.Key.Contains(column.Name) && column.Verdict != "absent").ToList();
        var sql = new StringBuilder("select (select count(*) from expected), (select count(*) from found), count(*)");
        foreach (var column in others)
        {
            var compared = column.Nulls == "skip" ? $"f.{Quote(column.Name)} is not null" : "true";
            sql.Append($", count(*) filter ({compared}), count(*) filter ({compared} and {Equal(column)})");
        }

        var on = table.Key.Select(key => $"e.{Quote(key)} is not distinct from f.{Quote(key)}").Append("e.pair_number = f.pair_number");
        sql.Append($" from expected e join found f on {string.Join(" and ", on)}");
        var row = (await session.QueryAsync(sql.ToString())).Rows[0].Select(Convert.ToInt64).ToArray();
        var (expectedRows, foundRows, matched) = (row[0], row[1], row[2]);
        if (expectedRows > 0 && (double)matched / expectedRows < table.MinRowMatch - 1e-9)
        {
            faults.Add($"{table.Model}: {matched} of {expectedRows} rows found, at least {table.MinRowMatch:P2} expected");
        }

        if (foundRows > 0 && (double)(foundRows - matched) / foundRows > table.MaxExtraRows + 1e-9)
        {
            faults.Add($"{table.Model}: {foundRows - matched} of {foundRows} rows are in no CSV row, at most {table.MaxExtraRows:P2} expected");
        }

        for (var i = 0; i < others.Count; i++)
        {
            var (column, compared, equal) = (others[i], row[3 + (2 * i)], row[4 + (2 * i)]);
            if ((column.IsStrict || !strictColumnsOnly) && !Ignored.Contains($"{table.Name}.{column.Name}") && compared > 0 && (double)equal / compared < column.MinMatch - 1e-9)
            {
                faults.Add($"{table.Model}.{column.Name}: equal in {equal} of {compared} rows, at least {column.MinMatch:P2} expected ({column.Verdict})");
            }
        }
    }

    // Rows of one key are paired in the order of the columns that must be equal.
    private static async Task PrepareAsync(IWarehouseSession session, OracleTable table, string side, string from)
    {
        var columns = string.Join(", ", table.Columns.Select(column => $"{Canonical(column, side)} as {Quote(column.Name)}"));
        var key = string.Join(", ", table.Key.Select(Quote));
        var order = string.Join(", ", table.Columns.Where(column => column.IsStrict && !table.Key.Contains(column.Name)).Select(column => Quote(column.Name)).DefaultIfEmpty("1"));
        await session.ExecuteAsync($"create or replace temp table {side} as select *, row_number() over (partition by {key} order by {order}) as pair_number from (select {columns} from {from})");
    }

    private static string Canonical(OracleColumn column, string side)
    {
        var name = Quote(column.Name);
        var text = $"nullif(trim(regexp_replace({name}::varchar, '\\r\\n|[\\r\\n,]', ' ', 'g')), '')";
        var value = column.Type switch
        {
            "date" => $"try_cast({name} as date)::varchar",
            "timestamp" => $"date_trunc('second', try_cast(replace({name}::varchar, 'Z', '') as timestamp))::varchar",
            "number" => $"try_cast({name} as double)::varchar",
            _ => text,
        };
        return column.Rule switch
        {
            "round1" => $"coalesce(round(try_cast({name} as decimal(28, 10)), 1)::double::varchar, {text})",
            "null_is" => $"coalesce({value}, {Literal(column.RuleArg!)})",
            "map" => Mapped($"map_{column.RuleArg}", value),
            "payer" => Mapped($"payer_{side}", value),
            _ => value,
        };
    }

    private static string Mapped(string map, string value) => $"coalesce((select any_value(m.v) from {map} m where m.k = {value}), {value})";

    private static string Equal(OracleColumn column)
    {
        var (e, f) = ($"e.{Quote(column.Name)}", $"f.{Quote(column.Name)}");
        var same = $"{e} is not distinct from {f}";
        return column.Type == "number" || column.Rule == "round1"
            ? FormattableString.Invariant($"coalesce(abs(try_cast({e} as double) - try_cast({f} as double)) <= greatest({column.Tolerance + 1e-9}, {column.RelTolerance} * abs(try_cast({e} as double))), {same})")
            : same;
    }

    private string Csv(string file) => $"read_csv({Literal(Path.Combine(csvFolder, file))}, all_varchar = true, header = true, quote = '', escape = '', delim = ',', strict_mode = false)";

    private static string Quote(string name) => $"\"{name}\"";

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
