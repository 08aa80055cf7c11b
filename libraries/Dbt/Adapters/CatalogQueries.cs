using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Adapters;

/// <summary>Asks the database what there is.</summary>
internal static class CatalogQueries
{
    public static List<DbtRelation> List(Connection connection, DbtSession session, string? database, string? schema) =>
        schema is null ? [] : List(connection, session, database ?? session.Profile.Database, [schema]);

    public static List<DbtRelation> List(Connection connection, DbtSession session, string database, IReadOnlyCollection<string> schemas)
    {
        var result = connection.Query(session.Adapter.ListRelationsSql(database, schemas));
        return result.Rows.Select(row => new DbtRelation(new DbtRelationParts(Val.Str(row[0]), Val.Str(row[1]), Val.Str(row[2]))
        {
            Type = Val.Str(row[3]), NeedsAlias = session.Adapter.NeedsSubqueryAlias,
        })).ToList();
    }

    public static List<string> Schemas(Connection connection, DbtSession session, string database) =>
        connection.Query(session.Adapter.ListSchemasSql(database)).Rows.Select(row => Val.Str(row[0])).ToList();
}
