using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Load;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Parse;

/// <summary>Unit tests of properties files (https://docs.getdbt.com/docs/build/unit-tests).</summary>
internal sealed class UnitTestReader(NodeFactory factory, Manifest manifest, IReadOnlyDictionary<(string Package, string Name, string Format), SourceFile> fixtures)
{
    private readonly List<(PropertiesEntry Entry, PropertiesFile File)> waiting = [];

    private DbtSession Session => factory.Session;

    public void Add(PropertiesEntry entry, PropertiesFile file) => waiting.Add((entry, file));

    public void MakeAll()
    {
        foreach (var (entry, file) in waiting)
        {
            Make(entry, file);
        }
    }

    private void Make(PropertiesEntry entry, PropertiesFile file)
    {
        var data = entry.Data;
        UnitTestShape.Check(entry, file);
        var name = data.GetString("name")!;
        var model = data.GetString("model")!;
        var expect = data.GetMap("expect")!;
        var package = file.Project.Name;
        var candidates = manifest.Lookup.Named(model).Where(node => node.ResourceType == DbtResourceType.Model && node.PackageName == package).ToList();
        var versions = data.GetMap("versions");
        var targets = candidates.Where(node => node.IsVersioned).ToList() is { Count: > 0 } versioned ? versioned.Where(node => Includes(versions, node.Version)).ToList() : candidates;
        if (targets.Count == 0)
        {
            if (candidates.Count > 0)
            {
                throw file.Invalid($"Unit test '{name}' referenced a version of '{model}' which was not found.", entry.Line, "no version of the model that 'versions' leaves", "versions of the model");
            }

            if (manifest.Disabled.Values.SelectMany(list => list).FirstOrDefault(node => node.Name == model && node.ResourceType == DbtResourceType.Model) is { } disabled)
            {
                var off = Read(entry, file, name, disabled, expect, suffix: string.Empty);
                off.Config["enabled"] = false;
                manifest.AddDisabled(off);
                return;
            }

            throw new DbtException("DBT2305", DbtErrorKind.Parsing, $"Unable to find model '{package}.{model}' for unit test '{name}' in {file.Path}")
            {
                File = file.Path, Line = entry.Line, Found = model, Expected = "a model of the package", Hint = Text.DidYouMean(model, manifest.Nodes.Values.Where(node => node.ResourceType == DbtResourceType.Model).Select(node => node.Name)),
            };
        }

        foreach (var target in targets)
        {
            var node = Read(entry, file, name, target, expect, target.Version is null ? string.Empty : $"_v{Val.Str(target.Version)}");
            if (!node.IsEnabled)
            {
                // As with dbt one entry stands for all versions, and for no model.
                manifest.AddDisabled(Read(entry, file, name, target, expect, suffix: string.Empty));
                return;
            }

            CheckIncremental(node, target, file);
            if (!target.IsVersioned && versions is not null && (Val.IsTruthy(versions.Get("include")) || Val.IsTruthy(versions.Get("exclude"))))
            {
                throw file.Invalid($"Unit test '{name}' should not have a versions include or exclude when referencing non-versioned model '{model}'", entry.Line, "versions", "no 'versions'");
            }

            node.Schema = target.Schema;
            node.Version = target.Version;
            node.UnitTest!.TestedNodeUniqueId = target.UniqueId;
            node.DependsOnNodes.Add(target.UniqueId);
            if (manifest.UnitTests.TryGetValue(node.UniqueId, out var other))
            {
                throw NodeFiles.Duplicate(node, other);
            }

            manifest.UnitTests[node.UniqueId] = node;
        }
    }

    // Whether the model adds to its table is for the test to say.
    private static void CheckIncremental(DbtNode test, DbtNode target, PropertiesFile file)
    {
        if (!target.DependsOnMacros.Contains("macro.dbt.is_incremental"))
        {
            return;
        }

        if (test.UnitTest!.Overrides?.GetMap("macros")?.Get("is_incremental") is not bool adds)
        {
            throw file.Invalid($"Boolean override for 'is_incremental' must be provided for unit test '{test.Name}' in model '{target.Name}'", test.Line, "no 'is_incremental'", "overrides: {macros: {is_incremental: true}}, or false");
        }

        if (adds && !test.UnitTest.Given.Exists(input => input.GetString("input") == "this"))
        {
            throw file.Invalid($"Unit test '{test.Name}' for incremental model '{target.Name}' must have a 'this' input", test.Line, "no input 'this'", "- input: this");
        }
    }

    private DbtNode Read(PropertiesEntry entry, PropertiesFile file, string name, DbtNode target, DbtMap expect, string suffix)
    {
        var data = entry.Data;
        var package = file.Project.Name;
        var fqn = NodeFiles.Fqn(package, file.File.RelativePath, withFile: false, target.Name);
        fqn.Add(name);
        var node = factory.Create(DbtResourceType.UnitTest, package, name, file.File.RelativePath, file.Path, fqn, string.Empty, $"unit_test.{package}.{target.Name}.{name}{suffix}");
        node.Line = entry.Line;
        node.Description = data.GetString("description") ?? string.Empty;
        node.Config = new ConfigBuilder(Session.Root, Session.Projects).Build(DbtResourceType.UnitTest, fqn, package, data.GetMap("config"), []);
        node.Tags = [.. Val.StringList(node.Config.Get("tags"))];
        var given = data.GetList("given")!.Select(item => Input((DbtMap)item!, file, name, package)).ToList();
        node.UnitTest = new UnitTestInfo
        {
            Model = target.Name,
            Given = given,
            Expect = Rows(expect, "expected", file, name, package),
            Overrides = Overrides(data.GetMap("overrides")),
            Versions = data.GetMap("versions") is { } versions ? new DbtMap { ["include"] = versions.Get("include"), ["exclude"] = versions.Get("exclude") } : null,
        };
        node.Checksum = Text.Sha256(UnitTestChecksum.Of(node.UnitTest));
        return node;
    }

    private static bool Includes(DbtMap? versions, object? version)
    {
        if (versions is null)
        {
            return true;
        }

        var text = Val.Str(version);
        var include = versions.Get("include");
        var exclude = Val.StringList(versions.Get("exclude"));
        return (include is null or "all" or "*" || Val.StringList(include).Contains(text, StringComparer.Ordinal)) && !exclude.Contains(text, StringComparer.Ordinal);
    }

    private static DbtMap? Overrides(DbtMap? map) => map is null ? null : new DbtMap { ["macros"] = map.GetMap("macros") ?? [], ["vars"] = map.GetMap("vars") ?? [], ["env_vars"] = map.GetMap("env_vars") ?? [] };

    private DbtMap Input(DbtMap map, PropertiesFile file, string test, string package)
    {
        var input = Val.Str(map.Get("input"));
        var rows = Rows(map, "input", file, test, package);
        if (rows.Get("rows") is null)
        {
            rows["rows"] = SeedRows(input, file, test, map.Line);
        }

        return new DbtMap { ["input"] = input, ["rows"] = rows.Get("rows"), ["format"] = rows.Get("format"), ["fixture"] = rows.Get("fixture") };
    }

    // A kind is the word for where the rows stand: input or expected.
    private DbtMap Rows(DbtMap map, string kind, PropertiesFile file, string test, string package)
    {
        var format = map.GetString("format") ?? "dict";
        var rows = map.Get("rows");
        var fixture = map.GetString("fixture");
        if (fixture is not null)
        {
            if (format == "dict")
            {
                throw file.Invalid($"Cannot use a fixture with the format 'dict' in unit test {test}", map.Line, fixture, "format: csv or sql");
            }

            rows = Fixture(fixture, format, package, file, test, map.Line);
        }

        switch (format)
        {
            case "dict" when rows is not List<object?> && (rows is not null || kind != "input"):
                throw file.Invalid($"Unit test {test} has {kind} rows which do not match format dict", map.Line, Val.TypeName(rows), "a list of mappings");
            case "csv" when rows is string text:
                rows = CsvRows(text, file.Path);
                break;
            case "csv":
                throw file.Invalid($"Unit test {test} has {kind} rows or fixtures which do not match format csv.  Expected string.", map.Line, Val.TypeName(rows), "a text of lines, or a fixture");
            case "sql" when rows is not string:
                throw file.Invalid($"Unit test {test} has {kind} rows or fixtures which do not match format sql.  Expected string.", map.Line, Val.TypeName(rows), "a query");
        }

        return new DbtMap { ["rows"] = FullRowFirst(rows), ["format"] = format, ["fixture"] = fixture };
    }

    // dbt puts the first row without nulls first, since some databases take the types from the first row.
    private static object? FullRowFirst(object? rows)
    {
        if (rows is not List<object?> list)
        {
            return rows;
        }

        var full = list.FindIndex(row => row is DbtMap map && map.Values.All(value => value is not null));
        if (full > 0)
        {
            (list[0], list[full]) = (list[full], list[0]);
        }

        return list;
    }

    private object Fixture(string name, string format, string package, PropertiesFile file, string test, int line)
    {
        if (!fixtures.TryGetValue((package, name, format), out var source))
        {
            throw file.Invalid($"File not found for fixture '{name}' in unit tests in {file.Path}", line, name, $"a file {name}.{format} in a folder 'fixtures' of the tests", Text.DidYouMean(name, fixtures.Keys.Select(key => key.Name)));
        }

        return source.Contents;
    }

    private static List<object?> CsvRows(string text, string file)
    {
        var lines = Csv.Read(text.Trim(), ',', file);
        if (lines.Count == 0)
        {
            return [];
        }

        var header = lines[0].Cells;
        return lines.Skip(1).Where(line => line.Cells.Count > 0).Select(object? (line) =>
        {
            var row = new DbtMap();
            for (var i = 0; i < header.Count; i++)
            {
                var cell = i < line.Cells.Count ? line.Cells[i] : null;
                row[header[i] ?? string.Empty] = string.IsNullOrEmpty(cell) ? null : cell;
            }

            return row;
        }).ToList();
    }

    // A seed that is not given rows stands for itself.
    private List<object?> SeedRows(string input, PropertiesFile file, string test, int line)
    {
        if (ReferenceText.Parse(input)?.Ref is { } args && manifest.Lookup.Node(args, Session.Root.Name, file.Project.Name) is { ResourceType: DbtResourceType.Seed } seed)
        {
            var path = System.IO.Path.Combine(seed.RootPath!, seed.OriginalFilePath);
            // dbt reads the file by itself: with commas, and empty cells as empty texts.
            var rows = Csv.Read(File.ReadAllText(path).Trim(), ',', seed.OriginalFilePath);
            return rows.Count == 0 ? [] : rows.Skip(1).Where(row => row.Cells.Count > 0).Select(object? (row) =>
            {
                var map = new DbtMap();
                for (var i = 0; i < rows[0].Cells.Count; i++)
                {
                    map[rows[0].Cells[i] ?? string.Empty] = i < row.Cells.Count ? row.Cells[i] ?? string.Empty : null;
                }

                return map;
            }).ToList();
        }

        throw file.Invalid($"Input '{input}' of unit test '{test}' has no rows, and is no seed", line, "no rows", "rows, or a fixture");
    }
}

/// <summary>What a unit test's checksum is made of: the text that dbt hashes.</summary>
internal static class UnitTestChecksum
{
    public static string Of(UnitTestInfo test)
    {
        static string Format(DbtMap map) => map.GetString("format") switch { "csv" => "<UnitTestFormat.CSV: 'csv'>", "sql" => "<UnitTestFormat.SQL: 'sql'>", _ => "<UnitTestFormat.Dict: 'dict'>" };
        var given = string.Join(", ", test.Given.Select(input => $"UnitTestInputFixture(input={Val.Repr(input.Get("input"))}, rows={Val.Repr(input.Get("rows"))}, format={Format(input)}, fixture={Val.Repr(input.Get("fixture"))})"));
        var expect = $"UnitTestOutputFixture(rows={Val.Repr(test.Expect.Get("rows"))}, format={Format(test.Expect)}, fixture={Val.Repr(test.Expect.Get("fixture"))})";
        var overrides = test.Overrides is { } map ? $"UnitTestOverrides(macros={Val.Repr(map.Get("macros"))}, vars={Val.Repr(map.Get("vars"))}, env_vars={Val.Repr(map.Get("env_vars"))})" : "None";
        var versions = test.Versions is { } both ? $"UnitTestNodeVersions(include={Val.Repr(both.Get("include"))}, exclude={Val.Repr(both.Get("exclude"))})" : "None";
        var text = $"{test.Model}-{versions}-[{given}]-{expect}-{overrides}";
        foreach (var input in test.Given.Where(input => input.Get("fixture") is not null))
        {
            text += $"-{Val.Str(input.Get("rows"))}";
        }

        return text;
    }
}
