using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Values;
using FhirAspire.Jinja;

namespace FhirAspire.Dbt.Parse;

/// <summary>Resolves references, writes descriptions out and checks the manifest as a whole.</summary>
internal sealed class ManifestFinisher(DbtSession session, Manifest manifest)
{
    public void Finish()
    {
        manifest.ForgetLookup();
        foreach (var node in manifest.Nodes.Values.Concat(manifest.Exposures.Values).Concat(manifest.Semantics.Values).ToList())
        {
            Resolve(node);
        }

        new SemanticResolver(session, manifest).Resolve();
        if (manifest.Semantics.Values.Any(node => node.ResourceType == DbtResourceType.Metric))
        {
            TimeSpines.Require(manifest);
        }

        foreach (var node in manifest.Nodes.Values.Concat(manifest.Sources.Values).Concat(manifest.Exposures.Values).Concat(manifest.Semantics.Values))
        {
            Describe(node);
        }

        foreach (var macro in manifest.Macros.Values)
        {
            macro.Description = Render(macro.Description, macro.UniqueId, macro.PackageName, null);
            foreach (var argument in macro.Arguments)
            {
                argument["description"] = Render(Val.Str(argument.Get("description")), macro.UniqueId, macro.PackageName, null);
            }
        }

        CheckRelations();
        CheckSnapshots();
        CheckGroups();
        FindPrimaryKeys();
        UnusedConfigs.Warn(session, manifest);
        TimeSpines.WarnOfOldWays(session, manifest);
        manifest.BuildParentAndChildMaps();
    }

    /// <summary>Finds the nodes that a node refers to.</summary>
    public void Resolve(DbtNode node)
    {
        foreach (var reference in node.Refs)
        {
            var target = manifest.Lookup.Node(reference, session.Root.Name, node.PackageName);
            if (target is null)
            {
                var error = ReferenceResolver.MissingNode(manifest, node, reference, session.Root.Name);
                if (node.ResourceType == DbtResourceType.Test)
                {
                    Disable(node, error);
                    return;
                }

                throw error;
            }

            AccessRules.Check(session, node, target);
            AddParent(node, target);
        }

        foreach (var (source, table) in node.Sources)
        {
            var target = manifest.Lookup.Source(source, table, session.Root.Name, node.PackageName);
            if (target is null)
            {
                var error = ReferenceResolver.MissingSource(manifest, node, source, table);
                if (node.ResourceType == DbtResourceType.Test)
                {
                    Disable(node, error);
                    return;
                }

                throw error;
            }

            AddParent(node, target);
        }
    }

    private static void AddParent(DbtNode node, DbtNode target)
    {
        if (!node.DependsOnNodes.Contains(target.UniqueId, StringComparer.Ordinal))
        {
            node.DependsOnNodes.Add(target.UniqueId);
        }
    }

    // A test of something that is not there cannot be run and stops nothing.
    private void Disable(DbtNode node, DbtException error)
    {
        node.Config["enabled"] = false;
        if (!error.Message.EndsWith("which is disabled", StringComparison.Ordinal))
        {
            // In this warning dbt names the package even where none was asked for.
            var text = error.Message.EndsWith("which was not found", StringComparison.Ordinal) && !error.Message.Contains(" in package ", StringComparison.Ordinal) ? error.Message.Replace(" which was not found", " in package '' which was not found", StringComparison.Ordinal) : error.Message.Replace(" in package or project ", " in package ", StringComparison.Ordinal);
            session.Log.Warn("NodeNotFoundOrDisabled", text, node.OriginalFilePath, node.Line == 0 ? null : node.Line);
        }
    }

    private void Describe(DbtNode node)
    {
        node.Description = Render(node.Description, node.UniqueId, node.PackageName, node.DocBlocks);
        if (node.Source is { } source)
        {
            source.SourceDescription = Render(source.SourceDescription, node.UniqueId, node.PackageName, null);
        }

        foreach (var part in new[] { "entities", "dimensions", "measures" }.SelectMany(key => node.Semantic?.GetList(key) ?? []).OfType<DbtMap>())
        {
            part["description"] = part.GetString("description") is { } text ? Render(text, node.UniqueId, node.PackageName, null) : null;
        }

        foreach (var column in node.Columns.Values)
        {
            column.Description = Render(column.Description, node.UniqueId, node.PackageName, column.DocBlocks);
        }
    }

    private string Render(string text, string id, string package, List<string>? used)
    {
        if (!TemplateEngine.HasTemplate(text))
        {
            return text;
        }

        var scope = new NodeScope(session, ScopeMode.Names, null, package)
        {
            Extra = new Dictionary<string, object?>(StringComparer.Ordinal) { ["doc"] = Host.Function("doc", call => Doc(call, id, package, used)) },
        };
        return session.Templates.Render(text, id, scope);
    }

    private string Doc(JinjaCall call, string id, string package, List<string>? used)
    {
        var (wanted, name) = call.Positional switch
        {
            [var only] => ((string?)null, Host.Text(only)),
            [var first, var second] => (Host.Text(first), Host.Text(second)),
            _ => throw Host.Compilation($"doc() takes at most two arguments ({call.Positional.Length} given)"),
        };
        string?[] searched = wanted is null ? [package, session.Root.Name, null] : [wanted];
        foreach (var place in searched)
        {
            var found = place is null ? manifest.Docs.Values.FirstOrDefault(doc => doc.Name == name) : manifest.Docs.TryGetValue($"doc.{place}.{name}", out var doc) ? doc : null;
            if (found is not null)
            {
                if (used is not null && !used.Contains(found.UniqueId, StringComparer.Ordinal))
                {
                    used.Add(found.UniqueId);
                }

                return found.Contents;
            }
        }

        var node = manifest.Find(id);
        throw new DbtException("DBT2007", DbtErrorKind.Compilation, $"Documentation for '{id}' depends on doc '{name}' {(wanted is null ? string.Empty : $"in package '{wanted}'")} which was not found")
        {
            File = node?.PatchPath is { } patch ? patch[(patch.IndexOf("://", StringComparison.Ordinal) + 3)..] : node?.OriginalFilePath,
            Found = $"doc('{name}')", Expected = "a {% docs %} block of this name", Hint = Text.DidYouMean(name, manifest.Docs.Values.Select(doc => doc.Name)),
        };
    }

    private void CheckRelations()
    {
        var seen = new Dictionary<string, DbtNode>(StringComparer.Ordinal);
        foreach (var node in manifest.Nodes.Values.Where(node => node is { IsEnabled: true, IsRelational: true } && !node.IsEphemeral))
        {
            var name = $"{node.Database}.{node.Schema}.{node.Alias}";
            if (seen.TryAdd(name, node))
            {
                continue;
            }

            var other = seen[name];
            var relation = References.Relation(session, node).Render();
            throw new DbtException("DBT2205", DbtErrorKind.Compilation,
                $"dbt found two resources with the database representation \"{relation}\".\ndbt cannot create two resources with identical database representations. To fix this,\nchange the configuration of one of these resources:\n- {other.UniqueId} ({other.OriginalFilePath})\n- {node.UniqueId} ({node.OriginalFilePath})")
            {
                File = node.OriginalFilePath, Found = $"{other.OriginalFilePath} and {node.OriginalFilePath}", Expected = "relations that differ", Hint = "give one of them another alias or schema",
            };
        }
    }

    private void CheckSnapshots()
    {
        foreach (var snapshot in manifest.Nodes.Values.Where(node => node.ResourceType == DbtResourceType.Snapshot))
        {
            ConfigCheck.CheckSnapshot(snapshot);
        }
    }

    private void CheckGroups()
    {
        var known = manifest.Groups.Values.Select(group => group.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var node in manifest.Nodes.Values.Concat(manifest.Semantics.Values).Where(node => node.Group is not null && node.ResourceType != DbtResourceType.Test))
        {
            if (!known.Contains(node.Group!))
            {
                throw new DbtException("DBT2206", DbtErrorKind.Parsing, $"Invalid group '{node.Group}', expected one of [{string.Join(", ", known.Order(StringComparer.Ordinal).Select(name => $"'{name}'"))}]")
                {
                    File = node.OriginalFilePath, Subject = node.Subject, Found = node.Group, Expected = string.Join(", ", known), Hint = Text.DidYouMean(node.Group!, known),
                };
            }
        }
    }

    // What a model's key is: its constraint, or else the columns that tests say are unique.
    private void FindPrimaryKeys()
    {
        var tests = manifest.Nodes.Values.Concat(manifest.Disabled.Values.SelectMany(list => list)).Where(node => node.Test is not null && node.AttachedNode is not null).ToLookup(node => node.AttachedNode!, StringComparer.Ordinal);
        foreach (var node in manifest.Nodes.Values.Where(node => node.ResourceType == DbtResourceType.Model))
        {
            node.PrimaryKey = PrimaryKey(node, tests[node.UniqueId]);
        }
    }

    private static List<string> PrimaryKey(DbtNode node, IEnumerable<DbtNode> tests)
    {
        if (node.Constraints.Find(constraint => constraint.GetString("type") == "primary_key") is { } key)
        {
            return Val.StringList(key.Get("columns"));
        }

        if (node.Columns.Values.FirstOrDefault(column => column.Constraints.Exists(constraint => constraint.GetString("type") == "primary_key")) is { } keyColumn)
        {
            return [keyColumn.Name];
        }

        var unique = new SortedSet<string>(StringComparer.Ordinal);
        var disabled = new SortedSet<string>(StringComparer.Ordinal);
        var notNull = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var test in tests)
        {
            var columns = test.Test!.Kwargs.Get("column_name") is string column ? [column] : Val.StringList(test.Test.Kwargs.Get("combination_of_columns"));
            foreach (var name in columns)
            {
                if (test.Test.Name is "unique" or "unique_combination_of_columns")
                {
                    (test.IsEnabled ? unique : disabled).Add(name);
                }
                else if (test.Test.Name == "not_null")
                {
                    notNull.Add(name);
                }
            }
        }

        var both = notNull.Where(name => unique.Contains(name) || disabled.Contains(name)).ToList();
        return both.Count > 0 ? both : unique.Count > 0 ? [.. unique] : [.. disabled];
    }
}
