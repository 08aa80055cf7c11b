using FhirAspire.Dbt.Parse;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Graph;

/// <summary>What has changed since an earlier manifest (https://docs.getdbt.com/reference/node-selection/methods#state).</summary>
internal sealed class StateComparison(Manifest before, Manifest now)
{
    private static readonly HashSet<string> NotCompared = new(StringComparer.Ordinal) { "alias", "schema", "database", "tags", "group", "target_schema", "target_database" };
    private HashSet<string>? modifiedMacros;

    public Func<DbtNode, bool> Check(string selector) => selector switch
    {
        "new" => node => Old(node) is null,
        "old" => node => Old(node) is not null,
        "modified" => IsModified,
        "unmodified" => node => !IsModified(node),
        "modified.body" => node => HasContents(node) && (Old(node) is not { } old || !SameBody(old, node)),
        "modified.configs" => node => node.ResourceType != DbtResourceType.UnitTest && (Old(node) is not { } old || !SameConfig(old, node)),
        "modified.persisted_descriptions" => node => HasContents(node) && (Old(node) is not { } old || !SamePersistedDescription(old, node)),
        "modified.relation" => node => (HasContents(node) || node.ResourceType == DbtResourceType.Source) && (Old(node) is not { } old || !SameRelation(old, node)),
        "modified.macros" => MacrosModified,
        "modified.contract" => node => node.ResourceType == DbtResourceType.Model && (Old(node) is not { } old || !SameContract(old, node)),
        _ => throw new DbtException("DBT5008", DbtErrorKind.Runtime, $"Got an invalid selector \"{selector}\"")
        {
            Found = selector,
            Expected = "new, old, modified, unmodified, modified.body, modified.configs, modified.persisted_descriptions, modified.relation, modified.macros or modified.contract",
        },
    };

    private static bool HasContents(DbtNode node) => node.ResourceType is not (DbtResourceType.Source or DbtResourceType.Exposure or DbtResourceType.UnitTest) && !node.ResourceType.IsSemantic();

    private DbtNode? Old(DbtNode node) => before.Find(node.UniqueId);

    private bool IsModified(DbtNode node) => !SameContents(Old(node), node) || MacrosModified(node);

    private static bool SameContents(DbtNode? old, DbtNode node)
    {
        if (old is null)
        {
            return node.ResourceType is DbtResourceType.Source or DbtResourceType.Exposure || node.ResourceType.IsSemantic();
        }

        switch (node.ResourceType)
        {
            case DbtResourceType.Source:
                return SameRelation(old, node) && Val.Equals(old.Source!.Quoting, node.Source!.Quoting) && Val.Equals(old.Source.Freshness, node.Source.Freshness)
                    && Val.Equals(old.Source.External, node.Source.External) && SameConfig(old, node);
            case DbtResourceType.Exposure:
                return old.Fqn.SequenceEqual(node.Fqn, StringComparer.Ordinal) && old.Exposure!.Type == node.Exposure!.Type && Val.Equals(old.Exposure.Owner, node.Exposure.Owner)
                    && old.Exposure.Maturity == node.Exposure.Maturity && old.Exposure.Url == node.Exposure.Url && old.Description == node.Description
                    && old.Exposure.Label == node.Exposure.Label && old.DependsOnNodes.ToHashSet(StringComparer.Ordinal).SetEquals(node.DependsOnNodes) && SameConfig(old, node);
            case DbtResourceType.SemanticModel or DbtResourceType.Metric or DbtResourceType.SavedQuery:
                return SameSemantics(Artifacts.NodeWriter.Write(node), old.Semantic!);
            case DbtResourceType.UnitTest:
                return old.Checksum == node.Checksum;
            case DbtResourceType.Test when node.Test is not null:
                return SameConfig(old, node) && old.Fqn.SequenceEqual(node.Fqn, StringComparer.Ordinal);
            default:
                return SameBody(old, node) && SameConfig(old, node) && SamePersistedDescription(old, node)
                    && old.Fqn.SequenceEqual(node.Fqn, StringComparer.Ordinal) && SameRelation(old, node)
                    && (node.ResourceType != DbtResourceType.Model || SameContract(old, node));
        }
    }

    private static bool SameSemantics(DbtMap now, DbtMap before) => now.All(entry => entry.Key is "created_at" or "path" or "original_file_path" or "unrendered_config" || Val.Equals(entry.Value, before.Get(Val.Str(entry.Key))));

    private static bool SameBody(DbtNode old, DbtNode node) =>
        node.ResourceType == DbtResourceType.Seed ? old.Checksum == node.Checksum && old.ChecksumName == node.ChecksumName
        : old.RawCode == node.RawCode;

    private static bool SameConfig(DbtNode old, DbtNode node)
    {
        var a = Comparable(old.UnrenderedConfig);
        var b = Comparable(node.UnrenderedConfig);
        return Val.Equals(a, b);

        static DbtMap Comparable(DbtMap config) => new(config.Where(entry => !NotCompared.Contains(Val.Str(entry.Key)) && entry.Value is not null));
    }

    private static bool SamePersistedDescription(DbtNode old, DbtNode node)
    {
        var persist = node.Config.GetMap("persist_docs");
        if (Val.IsTruthy(persist?.Get("relation")) && old.Description != node.Description)
        {
            return false;
        }

        return !Val.IsTruthy(persist?.Get("columns"))
            || (old.Columns.Count == node.Columns.Count && node.Columns.All(entry => old.Columns.TryGetValue(entry.Key, out var column) && column.Description == entry.Value.Description));
    }

    // What the project says about the place, not what the target makes of it.
    private static bool SameRelation(DbtNode old, DbtNode node)
    {
        if (node.ResourceType == DbtResourceType.Source)
        {
            return old.Database == node.Database && old.Schema == node.Schema && old.Source!.Identifier == node.Source!.Identifier;
        }

        return node.ResourceType is not (DbtResourceType.Model or DbtResourceType.Seed or DbtResourceType.Snapshot)
            || new[] { "database", "schema", "alias" }.All(key => Val.Equals(old.UnrenderedConfig.Get(key), node.UnrenderedConfig.Get(key)));
    }

    private static bool SameContract(DbtNode old, DbtNode node)
    {
        var wasEnforced = Val.IsTruthy(old.Contract.Get("enforced"));
        var isEnforced = Val.IsTruthy(node.Contract.Get("enforced"));
        return wasEnforced == isEnforced && (!isEnforced || old.Contract.GetString("checksum") == node.Contract.GetString("checksum"));
    }

    private bool MacrosModified(DbtNode node)
    {
        modifiedMacros ??= FindModifiedMacros();
        if (modifiedMacros.Count == 0)
        {
            return false;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(node.DependsOnMacros);
        while (open.TryPop(out var id))
        {
            if (!seen.Add(id))
            {
                continue;
            }

            if (modifiedMacros.Contains(id))
            {
                return true;
            }

            if (now.Macros.TryGetValue(id, out var macro))
            {
                foreach (var called in macro.DependsOnMacros)
                {
                    open.Push(called);
                }
            }
        }

        return false;
    }

    private HashSet<string> FindModifiedMacros()
    {
        var modified = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (id, macro) in now.Macros)
        {
            if (!before.Macros.TryGetValue(id, out var old) || old.MacroSql != macro.MacroSql)
            {
                modified.Add(id);
            }
        }

        modified.UnionWith(before.Macros.Keys.Where(id => !now.Macros.ContainsKey(id)));
        return modified;
    }
}
