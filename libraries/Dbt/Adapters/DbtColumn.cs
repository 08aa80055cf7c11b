using System.Globalization;
using FhirAspire.Dbt.Compile;
using FhirAspire.Jinja;

namespace FhirAspire.Dbt.Adapters;

/// <summary>A column in the database, as templates see it (https://docs.getdbt.com/reference/dbt-classes#column).</summary>
internal sealed class DbtColumn(ColumnDialect dialect, string name, string type, long? charSize = null, object? precision = null, object? scale = null) : JinjaObject
{
    public string Name { get; } = name;

    public string Type { get; } = type;

    public override string TypeName => "Column";

    public bool IsString => dialect.IsString(Type);

    public string DataType => IsString && !dialect.IsUnsized(Type, charSize)
        ? dialect.StringType(StringSize)
        : dialect.IsNumeric(Type) && precision is not null && scale is not null ? $"{Type}({Host.Text(precision)},{Host.Text(scale)})" : Type;

    public string Quoted => dialect.QuoteColumn(Name);

    /// <summary>Whether both are texts and the other one is longer.</summary>
    public bool CanExpandTo(DbtColumn other) => IsString && other.IsString && other.StringSize > StringSize;

    private long StringSize => Type.Equals("text", StringComparison.OrdinalIgnoreCase) || charSize is null ? dialect.DefaultStringSize : charSize.Value;

    public override string Repr() => $"<{dialect.ClassName} {Name} ({DataType})>";

    public override bool ValueEquals(object? other) => other is DbtColumn column && column.Name == Name && column.Type == Type && column.DataType == DataType;

    public override int ValueHash() => HashCode.Combine(Name, Type);

    public override bool TryGetAttribute(string attribute, out object? value)
    {
        switch (attribute)
        {
            case "name" or "column":
                value = Name;
                return true;
            case "dtype":
                value = Type;
                return true;
            case "data_type" or "expanded_data_type":
                value = DataType;
                return true;
            case "quoted":
                value = Quoted;
                return true;
            case "char_size":
                value = charSize;
                return true;
            case "numeric_precision":
                value = precision;
                return true;
            case "numeric_scale":
                value = scale;
                return true;
            default:
                value = Method(attribute);
                return value is not null;
        }
    }

    public override bool TryGetItem(object? key, out object? value)
    {
        value = null;
        return key is string text && TryGetAttribute(text, out value);
    }

    private JinjaFunction? Method(string method) => method switch
    {
        "is_string" => Host.Function(method, _ => IsString),
        "is_number" => Host.Function(method, _ => dialect.IsInteger(Type) || dialect.IsNumeric(Type) || dialect.IsFloat(Type)),
        "is_integer" => Host.Function(method, _ => dialect.IsInteger(Type)),
        "is_float" => Host.Function(method, _ => dialect.IsFloat(Type)),
        "is_numeric" => Host.Function(method, _ => dialect.IsNumeric(Type)),
        "is_struct" => Host.Function(method, _ => Type.StartsWith("STRUCT", StringComparison.OrdinalIgnoreCase)),
        "string_size" => Host.Function(method, _ => IsString ? StringSize : throw Host.Runtime("Called string_size() on non-string field!")),
        "can_expand_to" => Host.Function(method, call => call.Get(0, "other_column") is DbtColumn other && CanExpandTo(other)),
        "literal" => Host.Function(method, call => string.Create(CultureInfo.InvariantCulture, $"{Host.Text(call.Get(0, "value"))}::{DataType}")),
        _ => ColumnClass.Static(dialect, method),
    };
}
