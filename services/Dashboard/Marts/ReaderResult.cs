namespace FhirAspire.Dashboard.Marts;

/// <summary>The answer to a query over the marts.</summary>
/// <param name="Columns">Names and the database's types.</param>
/// <param name="Rows">Values in the order of the columns; SQL NULL is null.</param>
/// <param name="IsCut">Whether there were more rows than the limit allows.</param>
/// <param name="Took">How long it took.</param>
public sealed record ReaderResult(IReadOnlyList<ReaderColumn> Columns, IReadOnlyList<object?[]> Rows, bool IsCut, TimeSpan Took)
{
    /// <summary>The place of a column.</summary>
    public int Index(string column)
    {
        for (var i = 0; i < Columns.Count; i++)
        {
            if (Columns[i].Name.Equals(column, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        throw new ArgumentException($"the result has no column {column}; it has {string.Join(", ", Columns.Select(c => c.Name))}", nameof(column));
    }

    /// <summary>A value as text; null for NULL.</summary>
    public string? Text(int row, string column) => Rows[row][Index(column)] switch
    {
        null => null,
        DateOnly date => date.ToString("yyyy-MM-dd"),
        DateTime date => date.ToString("yyyy-MM-dd"),
        var value => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture),
    };

    /// <summary>A value as number; null for NULL.</summary>
    public double? Number(int row, string column) => ToDouble(Rows[row][Index(column)]);

    /// <summary>A value as whole number; 0 for NULL.</summary>
    public long Count(int row, string column) => (long)(Number(row, column) ?? 0);

    /// <summary>A database value as number.</summary>
    public static double? ToDouble(object? value) => value switch
    {
        null => null,
        System.Numerics.BigInteger big => (double)big,
        IConvertible number and not string => Convert.ToDouble(number, System.Globalization.CultureInfo.InvariantCulture),
        _ => null,
    };
}

/// <summary>A column of a result.</summary>
public sealed record ReaderColumn(string Name, string Type)
{
    /// <summary>Whether it holds numbers, which stand on the right.</summary>
    public bool IsNumeric => Type.EndsWith("INT", StringComparison.OrdinalIgnoreCase) || Type.StartsWith("DECIMAL", StringComparison.OrdinalIgnoreCase)
        || Type.Equals("DOUBLE", StringComparison.OrdinalIgnoreCase) || Type.Equals("FLOAT", StringComparison.OrdinalIgnoreCase) || Type.Equals("INTEGER", StringComparison.OrdinalIgnoreCase)
        || Type is "Integer" or "BigInt" or "HugeInt" or "Decimal" or "Double" or "Float" or "SmallInt" or "TinyInt";
}
