namespace FhirAspire.Warehouse;

/// <summary>A buffered result: columns, and rows of values in their order. SQL NULL is null.</summary>
public sealed record QueryResult(IReadOnlyList<ResultColumn> Columns, IReadOnlyList<object?[]> Rows)
{
    /// <summary>The only value of a result of one row and one column.</summary>
    /// <exception cref="InvalidOperationException">The result has another shape.</exception>
    public object? Scalar => Rows is [[var value]]
        ? value
        : throw new InvalidOperationException($"a result of {Rows.Count} rows and {Columns.Count} columns is no single value");
}

/// <summary>A column of a result: its name, the database's name of its type, and the .NET type of its values.</summary>
public sealed record ResultColumn(string Name, string DatabaseType, Type ClrType);
