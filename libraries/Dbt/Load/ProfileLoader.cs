using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Load;

/// <summary>Reads a target of <c>profiles.yml</c>.</summary>
internal static class ProfileLoader
{
    public const string FileName = "profiles.yml";

    /// <summary>The folder of the profiles: the option, the project's folder where it has one, or <c>~/.dbt</c>.</summary>
    public static string Directory(string? option, string projectRoot, IReadOnlyDictionary<string, string> environment)
    {
        if (option is not null)
        {
            return Path.GetFullPath(option, projectRoot);
        }

        return File.Exists(Path.Combine(projectRoot, FileName)) ? projectRoot : Path.Combine(environment.GetValueOrDefault("HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".dbt");
    }

    public static DbtProfile Load(string directory, string profileName, string? targetName, int? threads, ITemplateRenderer renderer)
    {
        var path = Path.Combine(directory, FileName);
        if (!File.Exists(path))
        {
            throw new DbtException("DBT1010", DbtErrorKind.Runtime, $"Could not find profile named '{profileName}'")
            {
                File = FileName, Found = $"no {FileName} in the folder of the profiles", Expected = $"{FileName} with a profile '{profileName}'", Hint = "name the folder with --profiles-dir or DBT_PROFILES_DIR",
            };
        }

        var profiles = YamlReader.ReadMap(File.ReadAllText(path), FileName);
        if (profiles.Get(profileName) is not DbtMap profile)
        {
            throw new DbtException("DBT1011", DbtErrorKind.Runtime, $"Could not find profile named '{profileName}'")
            {
                File = FileName, Found = $"the profiles {string.Join(", ", profiles.Keys)}", Expected = $"a profile '{profileName}'", Hint = Text.DidYouMean(profileName, profiles.Keys.OfType<string>()),
            };
        }

        var target = targetName ?? (profile.Get("target") is string configured ? Val.Str(renderer.Render(configured, FileName)) : "default");
        if (profile.GetMap("outputs") is not { } outputs)
        {
            throw Invalid(profileName, "outputs not specified in profile", profile.Line, "no 'outputs'", "a mapping 'outputs' with a target");
        }

        if (outputs.Get(target) is not DbtMap raw)
        {
            var names = outputs.Keys.Select(Val.Str).ToList();
            throw new DbtException("DBT1012", DbtErrorKind.Runtime, $"The profile '{profileName}' does not have a target named '{target}'. The valid target names for this profile are:\n{string.Join('\n', names.Select(name => $" - {name}"))}")
            {
                File = FileName, Line = outputs.Line, Found = target, Expected = string.Join(", ", names), Hint = Text.DidYouMean(target, names),
            };
        }

        var credentials = (DbtMap)YamlRendering.Render(raw, renderer, FileName, _ => true)!;
        foreach (var (alias, key) in Aliases(credentials.GetString("type")))
        {
            if (credentials.TryGetValue(alias, out var value) && !credentials.ContainsKey(key))
            {
                credentials[key] = value;
            }
        }

        if (credentials.GetString("type") is not { } type)
        {
            throw Invalid(profileName, $"required field \"type\" not found in profile {profileName} and target {target}", raw.Line, "no 'type'", "duckdb, postgres or snowflake");
        }

        if (type is not ("duckdb" or "postgres" or "snowflake"))
        {
            throw new DbtException("DBT1013", DbtErrorKind.Runtime, $"Could not find adapter type {type}!")
            {
                File = FileName, Line = raw.Line, Found = type, Expected = "duckdb, postgres or snowflake", Hint = Text.DidYouMean(type, ["duckdb", "postgres", "snowflake"]),
            };
        }

        return new DbtProfile
        {
            ProfileName = profileName,
            TargetName = target,
            Credentials = credentials,
            Threads = Math.Max(1, threads ?? (credentials.Get("threads") is { } configuredThreads && int.TryParse(Val.Str(configuredThreads), out var number) ? number : 1)),
            Schema = Val.Str(credentials.Get("schema") ?? (type == "duckdb" ? "main" : throw Invalid(profileName, "'schema' is a required property", raw.Line, "no 'schema'", "the schema that models are built in"))),
            Database = DatabaseName(type, credentials, profileName, raw.Line),
        };
    }

    private static (string Alias, string Key)[] Aliases(string? type) => type switch
    {
        "postgres" => [("dbname", "database"), ("pass", "password")],
        _ => [],
    };

    private static string DatabaseName(string type, DbtMap credentials, string profileName, int line)
    {
        if (credentials.Get("database") is { } database)
        {
            return Val.Str(database);
        }

        if (type != "duckdb")
        {
            throw Invalid(profileName, "'database' is a required property", line, "no 'database'", "the name of the database");
        }

        var path = credentials.GetString("path") ?? ":memory:";
        return path == ":memory:" ? "memory" : Path.GetFileNameWithoutExtension(path);
    }

    private static DbtException Invalid(string profileName, string message, int line, string found, string expected) =>
        new("DBT1014", DbtErrorKind.Runtime, $"Runtime Error\n  {message}\n\nError encountered in {FileName}, profile '{profileName}'") { File = FileName, Line = line, Found = found, Expected = expected };
}
