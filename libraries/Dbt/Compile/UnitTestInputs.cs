using FhirAspire.Dbt.Parse;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Compile;

/// <summary>The queries that stand for a model's inputs while it is unit tested.</summary>
internal sealed class UnitTestInputs
{
    private readonly Dictionary<string, DbtNode> refs = new(StringComparer.Ordinal);
    private readonly Dictionary<(string, string), DbtNode> sources = [];

    /// <summary>The input that stands for the model itself, if any.</summary>
    public DbtNode? ThisCte { get; private set; }

    public Dictionary<string, DbtNode> ById { get; } = new(StringComparer.Ordinal);

    private readonly DbtSession session;
    private readonly string package;

    public UnitTestInputs(DbtSession session, DbtNode test, DbtNode tested)
    {
        this.session = session;
        package = test.PackageName;
        foreach (var given in test.UnitTest!.Given)
        {
            var input = given.GetString("input")!;
            if (input == "this")
            {
                ThisCte = Make(test, tested, given);
                continue;
            }

            if (ReferenceText.Parse(input) is not { } reference)
            {
                throw new DbtException("DBT2306", DbtErrorKind.Parsing, $"Unit test given inputs must be either a 'ref', 'source' or 'this' call. Got: '{input}'.") { File = test.OriginalFilePath, Line = test.Line, Found = input, Expected = "ref('model'), source('source', 'table') or this" };
            }

            if (reference.Ref is { } args)
            {
                var target = session.Manifest.Lookup.Node(args, session.Root.Name, package) ?? throw ReferenceResolver.MissingNode(session.Manifest, test, args, session.Root.Name);
                refs[target.UniqueId] = Make(test, target, given);
            }
            else
            {
                var (source, table) = reference.Source!.Value;
                var target = session.Manifest.Lookup.Source(source, table, session.Root.Name, package) ?? throw ReferenceResolver.MissingSource(session.Manifest, test, source, table);
                sources[(source, table)] = Make(test, target, given);
            }
        }
    }

    /// <summary>The input that stands for a reference; null when the test gives none.</summary>
    public DbtNode? Ref(RefArgs args)
    {
        var target = session.Manifest.Lookup.Node(args, session.Root.Name, package);
        if (target is not null && refs.TryGetValue(target.UniqueId, out var input))
        {
            return input;
        }

        throw new DbtException("DBT2307", DbtErrorKind.Compilation, $"The unit test gives no input for ref('{args.Name}')")
        {
            Found = $"ref('{args.Name}')", Expected = "an entry under 'given'", Hint = $"add: - input: ref('{args.Name}')",
        };
    }

    public DbtNode? Source(string source, string table) => sources.TryGetValue((source, table), out var input)
        ? input
        : throw new DbtException("DBT2307", DbtErrorKind.Compilation, $"The unit test gives no input for source('{source}', '{table}')") { Found = $"source('{source}', '{table}')", Expected = "an entry under 'given'" };

    private DbtNode Make(DbtNode test, DbtNode original, DbtMap given)
    {
        var rows = given.Get("rows");
        var id = $"model.{test.PackageName}.{test.Name}__{original.Name}";
        var node = new DbtNode
        {
            ResourceType = DbtResourceType.Model,
            UniqueId = id,
            Name = original.Name,
            PackageName = test.PackageName,
            Path = original.Path,
            OriginalFilePath = test.OriginalFilePath,
            Fqn = [test.PackageName, test.Name, original.Name],
            Alias = original.Identifier,
            SourceCteName = original.Source is { } source ? $"{source.SourceName}__{original.Name}" : null,
            Schema = original.Schema,
            Database = original.Database,
            Version = original.Version,
            RawCode = given.GetString("format") == "sql" ? Val.Str(rows) : "{{ get_fixture_sql(_unit_test_rows, none) }}",
            Config = new DbtMap { ["materialized"] = "ephemeral", ["enabled"] = true },
            UnitTest = new UnitTestInfo { Model = original.Name, Given = [given] },
            DeferRelation = original.DeferRelation,
        };
        ById[id] = node;
        return node;
    }
}
