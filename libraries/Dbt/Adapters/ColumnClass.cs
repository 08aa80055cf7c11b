using FhirAspire.Dbt.Compile;
using FhirAspire.Jinja;

namespace FhirAspire.Dbt.Adapters;

/// <summary><c>api.Column</c>: makes columns and names types.</summary>
internal sealed class ColumnClass(ColumnDialect dialect) : JinjaObject
{
    public override string TypeName => "type";

    public override bool IsCallable => true;

    public override object? Call(JinjaCall call) =>
        new DbtColumn(dialect, Host.Text(call.Get(0, "column")), Host.Text(call.Get(1, "dtype")), ToLong(call.Get(2, "char_size")), call.Get(3, "numeric_precision"), call.Get(4, "numeric_scale"));

    public override bool TryGetAttribute(string name, out object? value)
    {
        value = Static(dialect, name);
        return value is not null;
    }

    public static JinjaFunction? Static(ColumnDialect dialect, string name) => name switch
    {
        "create" => Host.Function(name, call => new DbtColumn(dialect, Host.Text(call.Get(0, "name")), dialect.TranslateType(Host.Text(call.Get(1, "label_or_dtype"))))),
        "translate_type" => Host.Function(name, call => dialect.TranslateType(Host.Text(call.Get(0, "dtype")))),
        "numeric_type" => Host.Function(name, call => call.Get(1, "precision") is { } precision && call.Get(2, "scale") is { } scale ? $"{Host.Text(call.Get(0, "dtype"))}({Host.Text(precision)},{Host.Text(scale)})" : Host.Text(call.Get(0, "dtype"))),
        "string_type" => Host.Function(name, call => dialect.StringType(ToLong(call.Get(0, "size")) ?? dialect.DefaultStringSize)),
        "from_description" => Host.Function(name, call => FromDescription(dialect, Host.Text(call.Get(0, "name")), Host.Text(call.Get(1, "raw_data_type")))),
        _ => null,
    };

    /// <summary>A column of a type as it is written: <c>numeric(10,2)</c>, <c>varchar(20)</c>.</summary>
    public static DbtColumn FromDescription(ColumnDialect dialect, string name, string description)
    {
        var open = description.IndexOf('(', StringComparison.Ordinal);
        if (open <= 0 || !description.EndsWith(')'))
        {
            return new DbtColumn(dialect, name, description);
        }

        var parts = description[(open + 1)..^1].Split(',', StringSplitOptions.TrimEntries);
        return parts.Length == 1
            ? new DbtColumn(dialect, name, description[..open], long.TryParse(parts[0], out var size) ? size : throw Host.Runtime($"Could not interpret data_type \"{description}\": could not convert \"{parts[0]}\" to an integer"))
            : new DbtColumn(dialect, name, description[..open], null, ToLong(parts[0]), ToLong(parts[1]));
    }

    private static long? ToLong(object? value) => value switch
    {
        long number => number,
        string text when long.TryParse(text, out var number) => number,
        _ => null,
    };
}
