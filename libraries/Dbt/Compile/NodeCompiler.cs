using FhirAspire.Dbt.Parse;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Compile;

/// <summary>Turns a node's template into SQL, ephemeral parents included.</summary>
internal sealed class NodeCompiler(DbtSession session)
{
    /// <summary>Compiles a node and writes the file under <c>target/compiled</c>.</summary>
    public void Compile(DbtNode node, Connection connection, string? suffix = null, UnitTestInputs? unitTest = null, DbtMap? overrides = null)
    {
        node.ExtraCtes.Clear();
        node.ExtraCtesInjected = false;
        node.PreInjectedSql = null;
        Render(node, connection, unitTest, overrides);
        Inject(node, connection, unitTest);
        CompiledFiles.WriteCompiled(session, node, suffix);
    }

    private void Render(DbtNode node, Connection connection, UnitTestInputs? unitTest, DbtMap? overrides)
    {
        var extra = new Dictionary<string, object?>(StringComparer.Ordinal);
        var isInput = node.UnitTest is { Given: [var given] } && node.ResourceType == DbtResourceType.Model ? given : null;
        if (isInput is not null)
        {
            extra["_unit_test_rows"] = Host.ToTemplate(isInput.Get("rows") ?? new List<object?>());
        }

        foreach (var (name, value) in overrides?.GetMap("macros") ?? [])
        {
            var macro = Val.Str(name);
            extra[macro] = UnitTestOverrides.Macro(macro, value);
            if (macro.Split('.') is [var package, var plain] && Adapters.InternalPackages.Names(session.Adapter.Type).Contains(package, StringComparer.Ordinal))
            {
                extra.TryAdd(plain, extra[macro]);
            }
        }

        var scope = new NodeScope(session, ScopeMode.Run, node, node.PackageName)
        {
            Connection = connection,
            Extra = extra,
            UnitTest = unitTest,
            EnvironmentOverrides = overrides?.GetMap("env_vars"),
            VariableOverrides = overrides?.GetMap("vars"),
        };
        try
        {
            if (node.Test is not null)
            {
                extra[TestArguments.Variable] = TestArguments.Render(node, scope);
            }

            node.CompiledCode = node.Language == "python" ? node.RawCode : session.Templates.Render(node.RawCode, node.OriginalFilePath, scope);
        }
        catch (DbtException exception)
        {
            throw exception.With(subject: node.Subject, file: node.OriginalFilePath);
        }

        node.IsCompiled = true;
        // The manifest then names the relations that foreign keys point to.
        foreach (var constraint in node.Constraints.Concat(node.Columns.Values.SelectMany(column => column.Constraints)).Where(constraint => constraint.GetString("type") == "foreign_key"))
        {
            if (constraint.GetString("to") is { } to)
            {
                constraint["to"] = Adapters.Constraints.Reference(scope, to);
            }
        }

        if (node.ResourceType == DbtResourceType.Test && node.RelationName is null && (node.IsRelational || session.Options.StoreFailures))
        {
            node.RelationName = References.Relation(session, node).Render();
        }
    }

    private List<InjectedCte> Inject(DbtNode node, Connection connection, UnitTestInputs? unitTest)
    {
        if (node.ExtraCtesInjected || !session.Options.InjectEphemeralCtes)
        {
            return node.ExtraCtes;
        }

        var prepended = new List<InjectedCte>();
        foreach (var cte in node.ExtraCtes.ToList())
        {
            var parent = unitTest?.ById.GetValueOrDefault(cte.Id) ?? session.Manifest.Nodes.GetValueOrDefault(cte.Id)
                ?? throw new DbtException("DBT9004", DbtErrorKind.Internal, $"During compilation, found a cte reference that could not be resolved: {cte.Id}");
            List<InjectedCte> above;
            string sql;
            lock (parent)
            {
                if (!parent.ExtraCtesInjected)
                {
                    parent.ExtraCtes.Clear();
                    Render(parent, connection, parent.UnitTest is null ? null : unitTest, null);
                    Inject(parent, connection, unitTest);
                    if (parent.UnitTest is null)
                    {
                        CompiledFiles.WriteCompiled(session, parent);
                    }
                }

                above = [.. parent.ExtraCtes];
                sql = parent.PreInjectedSql ?? parent.CompiledCode!;
            }

            foreach (var inherited in above)
            {
                Add(prepended, inherited);
            }

            Add(prepended, new InjectedCte(cte.Id, $" __dbt__cte__{parent.CteName} as (\n{sql}\n)"));
        }

        if (prepended.Count > 0)
        {
            node.PreInjectedSql = node.CompiledCode;
            node.CompiledCode = CteInjection.Inject(node.CompiledCode!, [.. prepended.Select(cte => cte.Sql!)]);
            node.ExtraCtes = prepended;
        }

        node.ExtraCtesInjected = true;
        return node.ExtraCtes;
    }

    private static void Add(List<InjectedCte> list, InjectedCte cte)
    {
        if (!list.Exists(other => other.Id == cte.Id))
        {
            list.Add(cte);
        }
    }
}

/// <summary>Macros that a unit test replaces by a value.</summary>
internal static class UnitTestOverrides
{
    public static object? Macro(string name, object? value)
    {
        var replaced = Host.ToTemplate(value);
        return Host.Function(name, _ => replaced);
    }
}
