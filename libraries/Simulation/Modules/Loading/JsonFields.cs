using System.Globalization;
using System.Text.Json;
using FhirAspire.Simulation.Record;

namespace FhirAspire.Simulation.Modules.Loading;

/// <summary>Reads the fields of one JSON object of a module file, and notes every fault with its place.</summary>
internal readonly struct JsonFields(LoadContext context, string file, string? state, string path, JsonElement element)
{
    public LoadContext Context => context;

    public string File => file;

    public string? State => state;

    public JsonElement Element => element;

    public bool Has(string key) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null;

    public void Report(string? key, string found, string expected, string? hint = null, bool isWarning = false)
        => context.Issues.Add(new ModuleIssue(file, state, Join(key), found, expected, hint, isWarning));

    public string? Text(string key, bool required = false)
    {
        if (!Has(key))
        {
            Missing(key, "a text", required);
            return null;
        }

        return TextOf(element.GetProperty(key)) ?? Wrong<string>(key, "a text");
    }

    public bool Flag(string key)
    {
        if (!Has(key))
        {
            return false;
        }

        var value = element.GetProperty(key);
        return value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => Wrong<bool>(key, "true or false"),
        };
    }

    public double? Number(string key, bool required = false)
    {
        if (!Has(key))
        {
            Missing(key, "a number", required);
            return null;
        }

        var value = element.GetProperty(key);
        if (value.ValueKind == JsonValueKind.Number)
        {
            return value.GetDouble();
        }

        if (value.ValueKind == JsonValueKind.String && double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed))
        {
            return parsed;
        }

        return Wrong<double?>(key, "a number");
    }

    public TimeUnit Unit(string key)
    {
        var text = Text(key, required: true);
        if (text is null)
        {
            return TimeUnit.Days;
        }

        if (!TimeUnits.TryParse(text, out var unit))
        {
            Report(key, $"'{text}'", "one of " + string.Join(", ", TimeUnits.Names), Suggestion.For(text, TimeUnits.Names));
        }

        return unit;
    }

    /// <summary>The index of a text among known ones; -1 when it is none of them.</summary>
    public int OneOf(string key, IReadOnlyList<string> known, bool ignoreCase = false)
    {
        var text = Text(key, required: true);
        if (text is null)
        {
            return -1;
        }

        for (var i = 0; i < known.Count; i++)
        {
            if (string.Equals(known[i], text, ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal))
            {
                return i;
            }
        }

        Report(key, $"'{text}'", "one of " + string.Join(", ", known), Suggestion.For(text, known));
        return -1;
    }

    public JsonFields? Object(string key, bool required = false)
    {
        if (!Has(key))
        {
            Missing(key, "an object", required);
            return null;
        }

        var value = element.GetProperty(key);
        return value.ValueKind == JsonValueKind.Object ? Child(key, value) : Wrong<JsonFields?>(key, "an object");
    }

    public List<JsonFields> Objects(string key, bool required = false)
    {
        var result = new List<JsonFields>();
        if (!Has(key))
        {
            Missing(key, "a list", required);
            return result;
        }

        var value = element.GetProperty(key);
        if (value.ValueKind != JsonValueKind.Array)
        {
            Report(key, Describe(value), "a list");
            return result;
        }

        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            var name = $"{key}[{index++}]";
            if (item.ValueKind == JsonValueKind.Object)
            {
                result.Add(Child(name, item));
            }
            else
            {
                Report(name, Describe(item), "an object");
            }
        }

        if (required && result.Count == 0 && value.GetArrayLength() == 0)
        {
            Report(key, "an empty list", "at least one entry");
        }

        return result;
    }

    public List<string> Texts(string key)
    {
        var result = new List<string>();
        if (Has(key) && element.GetProperty(key) is { ValueKind: JsonValueKind.Array } list)
        {
            foreach (var item in list.EnumerateArray())
            {
                if (TextOf(item) is { } text)
                {
                    result.Add(text);
                }
            }
        }

        return result;
    }

    public Code? Code(string key, bool required = false) => Object(key, required) is { } fields ? fields.AsCode() : null;

    public Code[] Codes(string key, bool required = true)
    {
        var codes = new List<Code>();
        foreach (var fields in Objects(key, required))
        {
            if (fields.AsCode() is { } code)
            {
                codes.Add(code);
            }
        }

        return [.. codes];
    }

    /// <summary>This object as a code; the code itself is often a number.</summary>
    public Code? AsCode()
    {
        var system = Text("system", required: true);
        var code = Text("code", required: true);
        var display = Text("display") ?? "";
        return system is null || code is null ? null : context.Codes.Intern(system, code, display, Text("version"));
    }

    /// <summary>A text, or a number as it is written.</summary>
    public static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        _ => null,
    };

    public static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.Null or JsonValueKind.Undefined => "nothing",
        _ => value.GetRawText(),
    };

    private JsonFields Child(string key, JsonElement value) => new(context, file, state, Join(key)!, value);

    private string? Join(string? key) => key is null ? (path.Length == 0 ? null : path) : path.Length == 0 ? key : path + "." + key;

    private void Missing(string key, string expected, bool required)
    {
        if (required)
        {
            Report(key, "nothing", expected);
        }
    }

    private T? Wrong<T>(string key, string expected)
    {
        Report(key, Describe(element.GetProperty(key)), expected);
        return default;
    }
}
