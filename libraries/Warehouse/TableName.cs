namespace FhirAspire.Warehouse;

/// <summary>A table's schema and name, unquoted, in the case in which the database keeps them.</summary>
public readonly record struct TableName(string Schema, string Name)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Schema}.{Name}";
}
