using System.Collections.Concurrent;

namespace FhirAspire.Dbt.Adapters;

/// <summary>What tables and views there are, so that a run need not ask for each.</summary>
internal sealed class RelationCache
{
    private readonly ConcurrentDictionary<(string Database, string Schema), ConcurrentDictionary<string, DbtRelation>> schemas = new();

    /// <summary>Whether any relation is known that may stand on another.</summary>
    public bool HasViews => schemas.Values.Any(known => known.Values.Any(relation => relation.Type is "view" or "materialized_view"));

    public bool Knows(string? database, string? schema) => schemas.ContainsKey(Key(database, schema));

    public void SetSchema(string? database, string? schema, IEnumerable<DbtRelation> relations)
    {
        var known = new ConcurrentDictionary<string, DbtRelation>(StringComparer.OrdinalIgnoreCase);
        foreach (var relation in relations)
        {
            known[relation.Identifier ?? string.Empty] = relation;
        }

        schemas[Key(database, schema)] = known;
    }

    public IReadOnlyCollection<DbtRelation> In(string? database, string? schema) =>
        schemas.TryGetValue(Key(database, schema), out var known) ? [.. known.Values] : [];

    /// <summary>The relation of a name; names that differ in case alone are one.</summary>
    public DbtRelation? Find(string? database, string? schema, string? identifier) =>
        schemas.TryGetValue(Key(database, schema), out var known) && known.TryGetValue(identifier ?? string.Empty, out var relation) ? relation : null;

    public void Add(DbtRelation relation)
    {
        if (relation.Identifier is not null && schemas.TryGetValue(Key(relation.Database, relation.Schema), out var known))
        {
            known[relation.Identifier] = relation;
        }
    }

    public void Remove(DbtRelation relation)
    {
        if (schemas.TryGetValue(Key(relation.Database, relation.Schema), out var known))
        {
            known.TryRemove(relation.Identifier ?? string.Empty, out _);
        }
    }

    public void RemoveSchema(string? database, string? schema) => schemas.TryRemove(Key(database, schema), out _);

    public void Rename(DbtRelation from, DbtRelation to)
    {
        var moved = Find(from.Database, from.Schema, from.Identifier);
        Remove(from);
        Add(new DbtRelation((moved ?? to).Parts with { Database = to.Database, Schema = to.Schema, Identifier = to.Identifier, Type = to.Type ?? moved?.Type }));
    }

    public void Clear() => schemas.Clear();

    private static (string, string) Key(string? database, string? schema) => ((database ?? string.Empty).ToLowerInvariant(), (schema ?? string.Empty).ToLowerInvariant());
}
