using System.Text.Json;
using System.Text.RegularExpressions;

namespace FhirAspire.Dbt.Tests.Conformance;

/// <summary>Checks JSON against the keywords that dbt's schemas use (JSON Schema 2020-12: types, required, properties, items, anyOf, enum, const, pattern, sizes).</summary>
internal sealed class JsonSchema(JsonElement root)
{
    private static readonly string[] Known =
    [
        "$id", "$schema", "title", "description", "default", "format", "type", "properties", "additionalProperties", "propertyNames", "required", "items", "prefixItems", "minItems", "maxItems", "anyOf", "enum", "const", "pattern",
    ];

    public static JsonSchema Read(string path) => new(JsonDocument.Parse(File.ReadAllBytes(path)).RootElement);

    /// <summary>One line for each place that does not fit, with its path.</summary>
    public IReadOnlyList<string> Check(JsonElement value)
    {
        var errors = new List<string>();
        Visit(root, value, "$", errors);
        return errors;
    }

    private static void Visit(JsonElement schema, JsonElement value, string path, List<string> errors)
    {
        if (schema.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            if (schema.ValueKind == JsonValueKind.False)
            {
                errors.Add($"{path} must not be there");
            }

            return;
        }

        if (schema.EnumerateObject().FirstOrDefault(keyword => !Known.Contains(keyword.Name, StringComparer.Ordinal)) is { Value.ValueKind: not JsonValueKind.Undefined } unknown)
        {
            throw new NotSupportedException($"the schema's keyword {unknown.Name} is not checked");
        }

        if (schema.TryGetProperty("type", out var type) && !Types(type).Any(name => Is(name, value)))
        {
            errors.Add($"{path} is {Shown(value)}, not of type {type}");
            return;
        }

        if (schema.TryGetProperty("const", out var constant) && !JsonElement.DeepEquals(constant, value))
        {
            errors.Add($"{path} is {Shown(value)}, not {constant}");
        }

        if (schema.TryGetProperty("enum", out var values) && !values.EnumerateArray().Any(item => JsonElement.DeepEquals(item, value)))
        {
            errors.Add($"{path} is {Shown(value)}, not one of {values}");
        }

        if (schema.TryGetProperty("pattern", out var pattern) && value.ValueKind == JsonValueKind.String && !Regex.IsMatch(value.GetString()!, pattern.GetString()!))
        {
            errors.Add($"{path} is {Shown(value)}, which does not match {pattern}");
        }

        if (schema.TryGetProperty("anyOf", out var branches))
        {
            AnyOf(branches, value, path, errors);
        }

        if (value.ValueKind == JsonValueKind.Object)
        {
            Object(schema, value, path, errors);
        }
        else if (value.ValueKind == JsonValueKind.Array)
        {
            Array(schema, value, path, errors);
        }
    }

    // Of several branches that fail, the one with the fewest errors says most.
    private static void AnyOf(JsonElement branches, JsonElement value, string path, List<string> errors)
    {
        List<string>? best = null;
        foreach (var branch in branches.EnumerateArray())
        {
            var found = new List<string>();
            Visit(branch, value, path, found);
            if (found.Count == 0)
            {
                return;
            }

            if (best is null || (found.Count, -found[0].Length).CompareTo((best.Count, -best[0].Length)) < 0)
            {
                best = found;
            }
        }

        errors.AddRange(best ?? []);
    }

    private static void Object(JsonElement schema, JsonElement value, string path, List<string> errors)
    {
        if (schema.TryGetProperty("required", out var required))
        {
            errors.AddRange(required.EnumerateArray().Where(name => !value.TryGetProperty(name.GetString()!, out _)).Select(name => $"{path} has no {name}"));
        }

        var properties = schema.TryGetProperty("properties", out var own) ? own : default;
        var hasRest = schema.TryGetProperty("additionalProperties", out var rest);
        foreach (var property in value.EnumerateObject())
        {
            if (properties.ValueKind == JsonValueKind.Object && properties.TryGetProperty(property.Name, out var inner))
            {
                Visit(inner, property.Value, $"{path}.{property.Name}", errors);
            }
            else if (hasRest)
            {
                Visit(rest, property.Value, $"{path}.{property.Name}", errors);
            }
        }
    }

    private static void Array(JsonElement schema, JsonElement value, string path, List<string> errors)
    {
        var length = value.GetArrayLength();
        if ((schema.TryGetProperty("minItems", out var least) && length < least.GetInt32()) || (schema.TryGetProperty("maxItems", out var most) && length > most.GetInt32()))
        {
            errors.Add($"{path} has {length} items");
        }

        var at = 0;
        var prefix = schema.TryGetProperty("prefixItems", out var first) ? first.EnumerateArray().ToList() : [];
        var hasItems = schema.TryGetProperty("items", out var items);
        foreach (var item in value.EnumerateArray())
        {
            if (at < prefix.Count)
            {
                Visit(prefix[at], item, $"{path}[{at}]", errors);
            }
            else if (hasItems)
            {
                Visit(items, item, $"{path}[{at}]", errors);
            }

            at++;
        }
    }

    private static IEnumerable<string> Types(JsonElement type) => type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(name => name.GetString()!) : [type.GetString()!];

    private static bool Is(string type, JsonElement value) => type switch
    {
        "null" => value.ValueKind == JsonValueKind.Null,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "string" => value.ValueKind == JsonValueKind.String,
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && value.GetDouble() is var number && number == Math.Floor(number),
        _ => throw new NotSupportedException($"the schema's type {type} is not checked"),
    };

    private static string Shown(JsonElement value) => value.GetRawText() is var text && text.Length > 120 ? text[..120] + "..." : text;
}
