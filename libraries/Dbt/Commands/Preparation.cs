using FhirAspire.Dbt.Adapters;
using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Graph;
using FhirAspire.Dbt.Run;

namespace FhirAspire.Dbt.Commands;

/// <summary>What has to be done before nodes can run.</summary>
internal static class Preparation
{
    /// <summary>Creates the schemas of selected nodes that are not there.</summary>
    public static void CreateSchemas(DbtSession session, Connection connection)
    {
        var wanted = session.Manifest.Nodes.Values
            .Where(node => session.Selected.Contains(node.UniqueId) && !node.IsEphemeral && node.ResourceType is not (DbtResourceType.Operation or DbtResourceType.Analysis)
                && (node.IsRelational || (node.ResourceType == DbtResourceType.Test && session.Options.StoreFailures)))
            .Select(node => (node.Database, node.Schema)).Where(place => place.Schema is not null).Distinct().ToList();
        if (wanted.Count == 0)
        {
            return;
        }

        var macro = session.Macros.Find("create_schema", session.Root.Name)!;
        foreach (var database in wanted.GroupBy(place => place.Database, StringComparer.OrdinalIgnoreCase))
        {
            var there = CatalogQueries.Schemas(connection, session, database.Key ?? session.Profile.Database).ToHashSet(StringComparer.OrdinalIgnoreCase);
            foreach (var (_, schema) in database.Where(place => !there.Contains(place.Schema!)))
            {
                var scope = new NodeScope(session, ScopeMode.Run, null, session.Root.Name) { Connection = connection, Operation = macro };
                var relation = new DbtRelation(new DbtRelationParts(database.Key, schema, null) { Quote = session.Adapter.ProjectQuote });
                session.Templates.Start(scope.Callable(macro), [relation]);
                connection.Commit();
            }
        }
    }

    /// <summary>Reads which relations there are, for every schema of the project, in one query a database.</summary>
    public static void FillCache(DbtSession session, Connection connection)
    {
        var places = session.Manifest.Nodes.Values.Where(node => node.IsRelational && !node.IsEphemeral).Concat(session.Manifest.Nodes.Values.Select(node => node.DeferRelation).OfType<Parse.DbtNode>())
            .Select(node => (Database: node.Database ?? session.Profile.Database, Schema: node.Schema ?? session.Profile.Schema))
            .Concat(session.Manifest.Nodes.Values.Where(node => node.ResourceType == DbtResourceType.Test).Select(node => (Database: node.Database ?? session.Profile.Database, Schema: node.Schema ?? session.Profile.Schema)))
            .Distinct().ToList();
        foreach (var database in places.GroupBy(place => place.Database, StringComparer.OrdinalIgnoreCase))
        {
            var schemas = database.Select(place => place.Schema).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
            var relations = CatalogQueries.List(connection, session, database.Key, schemas).ToLookup(relation => relation.Schema!, StringComparer.OrdinalIgnoreCase);
            foreach (var schema in schemas)
            {
                session.Relations.SetSchema(database.Key, schema, relations[schema]);
            }
        }
    }

    /// <summary>The atomic groups of the invocation, limited to what is selected.</summary>
    public static AtomicGroups Groups(DbtSession session, DbtGraph graph)
    {
        if (session.Invocation.AtomicGroups.Count == 0)
        {
            return AtomicGroups.None;
        }

        if (!session.Adapter.HasTransactionalDdl)
        {
            throw new DbtException("DBT5101", DbtErrorKind.Runtime, $"{session.Adapter.Type} cannot change tables inside a transaction, so nodes cannot run as an atomic group") { Hint = "run without atomic groups; each model is atomic by itself" };
        }

        var selector = new NodeSelector(session.Manifest, graph, null, session.Root.Root, _ => { });
        var groups = new List<AtomicGroup>();
        foreach (var selection in session.Invocation.AtomicGroups)
        {
            var spec = SelectionParser.FromCommandLine([selection], null, IndirectSelection.Eager);
            var ids = selector.Select(spec, node => session.Selected.Contains(node.UniqueId) && node.ResourceType is not (DbtResourceType.Source or DbtResourceType.Exposure or DbtResourceType.SavedQuery));
            if (ids.Count > 0)
            {
                groups.Add(new AtomicGroup(ids));
            }
        }

        return new AtomicGroups(groups);
    }
}
