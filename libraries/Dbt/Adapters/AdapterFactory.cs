using System.Globalization;
using FhirAspire.Dbt.Load;
using FhirAspire.Dbt.Run;
using FhirAspire.Dbt.Values;
using FhirAspire.Warehouse;
using FhirAspire.Warehouse.DuckDb;

namespace FhirAspire.Dbt.Adapters;

/// <summary>Makes adapters and connections for a profile's target.</summary>
internal static class AdapterFactory
{
    public static IDbtAdapter Create(string type, DbtProject project)
    {
        var quoting = project.Quoting;
        bool Part(string name, bool otherwise) => quoting.Get(name) is bool value ? value : otherwise;
        return type switch
        {
            "duckdb" => new DuckDbAdapter(new RelationPolicy(Part("database", true), Part("schema", true), Part("identifier", true))),
            "postgres" => new PostgresAdapter(new RelationPolicy(Part("database", true), Part("schema", true), Part("identifier", true))),
            _ => new SnowflakeAdapter(new RelationPolicy(Part("database", false), Part("schema", false), Part("identifier", false))),
        };
    }

    /// <summary>Where connections come from: the warehouse that the host gives, or one made from the profile.</summary>
    public static ConnectionSource Connect(DbtInvocation invocation, DbtProfile profile, string root)
    {
        if (invocation.Warehouse is { } given)
        {
            var expected = given.Kind switch { WarehouseKind.DuckDb => "duckdb", WarehouseKind.Postgres => "postgres", _ => "snowflake" };
            return expected == profile.Type
                ? new ConnectionSource(given, ownsWarehouse: false, given.Kind == WarehouseKind.Postgres ? PostgresProfile.Planning : [])
                : throw new DbtException("DBT1016", DbtErrorKind.Runtime, $"The target '{profile.TargetName}' is of type {profile.Type}, but the warehouse is {expected}") { Found = profile.Type, Expected = expected, Hint = "choose another target with --target" };
        }

        return profile.Type switch
        {
            "duckdb" => DuckDb(profile, root),
            "postgres" => PostgresProfile.Connect(profile),
            _ => new ConnectionSource(new MissingWarehouse(profile.Type), ownsWarehouse: true, []),
        };
    }

    private static ConnectionSource DuckDb(DbtProfile profile, string root)
    {
        var credentials = profile.Credentials;
        var path = credentials.GetString("path") ?? ":memory:";
        var options = new DuckDbOptions { Path = path == ":memory:" ? path : Path.GetFullPath(path, root), MemoryLimit = UsualMemoryLimit };
        // What DuckDB does where nothing is set: projects count on the order of rows.
        options.Settings["preserve_insertion_order"] = "true";
        foreach (var (key, value) in credentials.GetMap("config_options") ?? [])
        {
            options.Settings[Val.Str(key)] = Setting(value);
        }

        // Some settings belong to a connection, so each gets all of them.
        var open = new List<string>();
        foreach (var (key, value) in credentials.GetMap("settings") ?? [])
        {
            var name = Val.Str(key);
            if (name == "memory_limit")
            {
                options.MemoryLimit = Val.Str(value);
            }
            else if (name == "threads")
            {
                options.Threads = int.Parse(Val.Str(value), CultureInfo.InvariantCulture);
            }
            else
            {
                open.Add($"set {Identifier(name)} = {SqlDialect.Literal(Setting(value))}");
            }
        }

        foreach (var extension in credentials.GetList("extensions") ?? [])
        {
            var name = extension is DbtMap map ? Val.Str(map.Get("name")) : Val.Str(extension);
            open.Add($"load {Identifier(name)}");
        }

        foreach (var attach in (credentials.GetList("attach") ?? []).OfType<DbtMap>())
        {
            var alias = attach.GetString("alias");
            var modes = new List<string>();
            if (attach.GetString("type") is { } type)
            {
                modes.Add($"type {Identifier(type)}");
            }

            if (attach.GetBool("read_only"))
            {
                modes.Add("read_only");
            }

            var place = Val.Str(attach.Get("path"));
            place = place.Contains(':', StringComparison.Ordinal) ? place : Path.GetFullPath(place, root);
            open.Add($"attach if not exists '{place.Replace("'", "''", StringComparison.Ordinal)}'{(alias is null ? string.Empty : $" as {Identifier(alias)}")}{(modes.Count == 0 ? string.Empty : $" ({string.Join(", ", modes)})")}");
        }

        return new ConnectionSource(new DuckDbWarehouse(options), ownsWarehouse: true, open);
    }

    // DuckDB's own: 80 % of the memory.
    private static string UsualMemoryLimit => $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 5 * 4 >> 20}MiB";

    private static string Setting(object? value) => value is bool flag ? flag ? "true" : "false" : Val.Str(value);

    private static string Identifier(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}

/// <summary>Stands for a database for which no connection can be made here; commands that need none go on.</summary>
internal sealed class MissingWarehouse(string type) : IWarehouse
{
    public WarehouseKind Kind => type == "postgres" ? WarehouseKind.Postgres : WarehouseKind.Snowflake;

    public string Location => type;

    public SqlDialect Dialect => throw new NotSupportedException(type);

    public Task<IWarehouseSession> OpenAsync(CancellationToken cancellationToken = default) =>
        throw new DbtException("DBT1017", DbtErrorKind.Runtime, $"No connection of type {type} can be made from profiles.yml in this build") { Found = type, Expected = "duckdb, or a warehouse that the host hands in", Hint = "pass an open warehouse to the engine" };

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
