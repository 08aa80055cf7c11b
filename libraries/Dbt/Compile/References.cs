using System.Globalization;
using FhirAspire.Dbt.Adapters;
using FhirAspire.Dbt.Parse;
using FhirAspire.Dbt.Values;
using FhirAspire.Jinja;

namespace FhirAspire.Dbt.Compile;

/// <summary><c>ref()</c> and <c>source()</c>, and the relations that they give.</summary>
internal static class References
{
    public static object? Ref(NodeScope scope, JinjaCall call)
    {
        var (package, name) = call.Positional switch
        {
            [var only] => (null, only),
            [var first, var second] => (first, second),
            _ => throw Host.Compilation($"ref() takes at most two arguments ({call.Positional.Length} given)"),
        };
        if (name is not string target)
        {
            throw Host.Compilation($"The name argument to ref() must be a string, got {LibraryFunctions.TypeName(name)}");
        }

        if (package is not null and not string)
        {
            throw Host.Compilation($"The package argument to ref() must be a string or None, got {LibraryFunctions.TypeName(package)}");
        }

        var version = (call.TryGetKeyword("version", out var given) && Host.IsTrue(given)) || (call.TryGetKeyword("v", out given) && Host.IsTrue(given)) ? Host.Text(given) : null;
        var args = new RefArgs(target, (string?)package, version) { IsVersionText = version is not null && given is string };
        if (scope.Mode != ScopeMode.Run)
        {
            if (scope.Node is { } parsed && scope.Mode == ScopeMode.Parse)
            {
                parsed.Refs.Add(args);
                return Relation(scope.Session, parsed);
            }

            return new DbtRelation(new DbtRelationParts(null, null, target));
        }

        return Resolve(scope, args);
    }

    public static object? Source(NodeScope scope, JinjaCall call)
    {
        if (call.Positional is not [string source, string table])
        {
            throw call.Positional.Length == 2
                ? Host.Compilation("The source name and the table name in source() must be strings")
                : Host.Compilation($"source() takes exactly two arguments ({call.Positional.Length} given)");
        }

        if (scope.Mode != ScopeMode.Run)
        {
            if (scope.Node is { } parsed && scope.Mode == ScopeMode.Parse)
            {
                parsed.Sources.Add((source, table));
                return Relation(scope.Session, parsed);
            }

            return new DbtRelation(new DbtRelationParts(null, source, table));
        }

        var target = scope.UnitTest?.Source(source, table)
            ?? ReferenceResolver.Source(scope.Session.Manifest, source, table, scope.Session.Root.Name, scope.Node?.PackageName ?? scope.Package)
            ?? throw ReferenceResolver.MissingSource(scope.Session.Manifest, scope.Node, source, table);
        if (scope.UnitTest is not null && target.ResourceType == DbtResourceType.Model)
        {
            return Cte(scope, target);
        }

        return Relation(scope.Session, target, Limit(scope), Filter(scope, target));
    }

    /// <summary>The relation of a node.</summary>
    public static DbtRelation Relation(DbtSession session, DbtNode node, int? limit = null, EventTimeFilter? filter = null)
    {
        var quote = node.ResourceType == DbtResourceType.Source ? session.Adapter.DefaultQuote : session.Adapter.ProjectQuote;
        var own = node.Source?.Quoting ?? node.Config.GetMap("quoting");
        if (own is not null)
        {
            bool Part(string name, bool now) => own.Get(name) is bool value ? value : now;
            quote = new RelationPolicy(Part("database", quote.Database), Part("schema", quote.Schema), Part("identifier", quote.Identifier));
        }

        return new DbtRelation(new DbtRelationParts(node.Database, node.Schema, node.Identifier)
        {
            Quote = quote,
            NeedsAlias = session.Adapter.NeedsSubqueryAlias,
            Limit = limit,
            Filter = filter,
            External = node.Source is null || session.Adapter.Type != "duckdb" ? null : ExternalSources.Location(node),
        });
    }

    private static object? Resolve(NodeScope scope, RefArgs args)
    {
        var session = scope.Session;
        if (scope.UnitTest?.Ref(args) is { } input)
        {
            return Cte(scope, input);
        }

        var package = scope.Node?.PackageName ?? scope.Package;
        var target = ReferenceResolver.Node(session.Manifest, args, session.Root.Name, package) ?? throw ReferenceResolver.MissingNode(session.Manifest, scope.Node, args, session.Root.Name);
        AccessRules.Check(session, scope.Node, target);
        if (scope.Node is not { } node)
        {
            return target.IsEphemeral
                ? throw Host.Compilation($"Operations can not ref() ephemeral nodes, but {target.Name} is ephemeral")
                : Deferred(session, target) is { } elsewhere ? Relation(session, elsewhere, Limit(scope)) : Relation(session, target, Limit(scope));
        }

        if (node.ResourceType is not (DbtResourceType.SqlOperation or DbtResourceType.Operation) && !node.DependsOnNodes.Contains(target.UniqueId, StringComparer.Ordinal))
        {
            var reference = args.Package is null ? $"'{args.Name}'" : $"'{args.Package}', '{args.Name}'";
            throw new DbtException("DBT2005", DbtErrorKind.Compilation,
                $"dbt was unable to infer all dependencies for the model \"{node.Name}\".\nThis typically happens when ref() is placed within a conditional block.\n\nTo fix this, add the following hint to the top of the model \"{node.Name}\":\n\n-- depends_on: {{{{ ref({reference}) }}}}")
            {
                Found = $"ref({reference}) that was not seen while parsing", Expected = "a reference outside of conditions", Hint = $"add: -- depends_on: {{{{ ref({reference}) }}}}",
            };
        }

        if (target.IsEphemeral)
        {
            return Cte(scope, target);
        }

        if (Deferred(session, target) is { } defer)
        {
            return Relation(session, defer, Limit(scope), Filter(scope, target));
        }

        return Relation(session, target, Limit(scope), Filter(scope, target));
    }

    private static DbtRelation Cte(NodeScope scope, DbtNode target)
    {
        var node = scope.Node!;
        if (!node.ExtraCtes.Exists(cte => cte.Id == target.UniqueId))
        {
            node.ExtraCtes.Add(new InjectedCte(target.UniqueId, null));
        }

        return new DbtRelation(new DbtRelationParts(null, null, "__dbt__cte__" + target.CteName)
        {
            Type = "cte",
            Quote = new RelationPolicy(true, true, false),
            NeedsAlias = scope.Session.Adapter.NeedsSubqueryAlias,
            Limit = scope.UnitTest is null ? Limit(scope) : null,
            Filter = Filter(scope, target),
        });
    }

    // The place of the node in the other state, when that is wanted.
    private static DbtNode? Deferred(DbtSession session, DbtNode target)
    {
        if (!session.Options.Defer || target.DeferRelation is not { } other)
        {
            return null;
        }

        var prefersState = session.Options.FavorState && !session.Selected.Contains(target.UniqueId);
        return prefersState || session.Relations.Find(target.Database, target.Schema, target.Identifier) is null ? other : null;
    }

    private static int? Limit(NodeScope scope) => scope.Session.Options.Empty && scope.UnitTest is null ? 0 : null;

    // What runs in batches reads its batch, what is sampled the sample; a batch of a sample what is in both.
    private static EventTimeFilter? Filter(NodeScope scope, DbtNode target)
    {
        if (scope.UnitTest is not null || scope.Node is not { ResourceType: DbtResourceType.Model or DbtResourceType.Snapshot } node || target.Config.GetString("event_time") is not { } field)
        {
            return null;
        }

        var sample = scope.Session.Sample;
        if (node.Batch is null && sample is null)
        {
            return null;
        }

        var (start, end) = node.Batch is { } batch ? (Val.Str(batch.Get("event_time_start")), Val.Str(batch.Get("event_time_end"))) : ((string?)null, (string?)null);
        if (sample is not null)
        {
            var (first, last) = (Commands.SampleWindow.Text(sample.Start), Commands.SampleWindow.Text(sample.End));
            start = start is null || string.CompareOrdinal(first, start) > 0 ? first : start;
            end = end is null || string.CompareOrdinal(last, end) < 0 ? last : end;
        }

        var column = target.Columns.Values.FirstOrDefault(item => item.Name == field);
        var isQuoted = column?.Quote ?? target.Source?.Quoting.GetBool("column") ?? false;
        return new EventTimeFilter(isQuoted ? scope.Session.Adapter.Quote(field) : field, start, end);
    }
}
