using FhirAspire.Dbt.Adapters;
using FhirAspire.Dbt.Artifacts;
using FhirAspire.Dbt.Values;
using FhirAspire.Jinja;

namespace FhirAspire.Dbt.Compile;

/// <summary><c>var('name', default)</c>.</summary>
internal sealed class VarFunction(NodeScope scope) : JinjaObject
{
    public override string TypeName => "Var";

    public override bool IsCallable => true;

    public override object? Call(JinjaCall call)
    {
        var name = Host.Text(call.Get(0, "var_name"));
        if (Find(name, out var value))
        {
            return value is string text && TemplateEngine.HasTemplate(text) ? Rendered(name, text) : value;
        }

        if (call.TryGet(1, "default", out var otherwise))
        {
            return otherwise;
        }

        if (scope.Mode == ScopeMode.Parse)
        {
            return null;
        }

        var known = scope.Session.VariablesOf(scope.Node?.PackageName ?? scope.Package);
        var vars = string.Join('\n', PythonJson.Write(known).Split('\n'));
        throw new DbtException("DBT2107", DbtErrorKind.Compilation, $"Required var '{name}' not found in config:\nVars supplied to {scope.Node?.Name ?? "<Configuration>"} = {vars}")
        {
            Found = $"no variable '{name}'", Expected = "a value under 'vars' in dbt_project.yml, or with --vars", Hint = Text.DidYouMean(name, known.Keys.OfType<string>()),
        };
    }

    // A variable may itself be a template: dbt renders it where it is read, with what is known there.
    private string Rendered(string name, string text)
    {
        if (!scope.VariablesInRendering.Add(name))
        {
            throw new DbtException("DBT2119", DbtErrorKind.Compilation, $"The variable '{name}' refers to itself: {text}") { File = "dbt_project.yml", Found = text, Expected = "a value that does not read the variable itself", Hint = "give one of the variables a plain value" };
        }

        try
        {
            return scope.Session.Templates.Render(text, "dbt_project.yml", scope);
        }
        finally
        {
            scope.VariablesInRendering.Remove(name);
        }
    }

    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name == "has_var" ? Host.Function(name, call => Find(Host.Text(call.Get(0, "var_name")), out _)) : null;
        return value is not null;
    }

    private bool Find(string name, out object? value)
    {
        if (scope.VariableOverrides is { } overrides && overrides.TryGetValue(name, out var replaced))
        {
            value = Host.ToTemplate(replaced);
            return true;
        }

        var found = scope.Session.VariablesOf(scope.Node?.PackageName ?? scope.Package).TryGetValue(name, out var plain);
        value = found ? Host.ToTemplate(plain) : null;
        return found;
    }
}

/// <summary><c>flags</c>: options of the command line.</summary>
internal sealed class FlagsObject(DbtSession session) : JinjaObject
{
    public override string TypeName => "Flags";

    public override bool TryGetAttribute(string name, out object? value)
    {
        session.OptionsRead |= session.IsParsing;
        return InvocationArgs.TryFlag(session, name, out value);
    }

    public override bool TryGetItem(object? key, out object? value)
    {
        value = null;
        return key is string name && TryGetAttribute(name, out value);
    }
}

/// <summary><c>context</c>: every variable by name.</summary>
internal sealed class ContextObject(NodeScope scope) : JinjaObject
{
    public override string TypeName => "dict";

    public override bool IsMapping => true;

    public override bool TryGetItem(object? key, out object? value)
    {
        value = null;
        return key is string name && scope.TryGetValue(name, out value);
    }

    public override bool TryGetAttribute(string name, out object? value)
    {
        if (name == "get")
        {
            value = Host.Function(name, call => scope.TryGetValue(Host.Text(call.Get(0, "key")), out var found) ? found : call.Get(1, "default"));
            return true;
        }

        if (name is "update" or "setdefault")
        {
            value = Host.Function(name, name == "update" ? Update : SetDefault);
            return true;
        }

        if (name is "keys" or "items" or "values")
        {
            value = Host.Function(name, _ => new JinjaList(name == "keys" ? scope.Keys : name == "values" ? scope.Values : scope.Select(entry => (object?)new JinjaTuple(entry.Key, entry.Value))));
            return true;
        }

        return scope.TryGetValue(name, out value);
    }

    public override bool? Contains(object? value) => value is string name && scope.ContainsKey(name);

    public override IEnumerable<object?> Iterate() => scope.Keys;

    private object? Update(JinjaCall call)
    {
        var given = (call.Get(0, "other") as JinjaDict)?.Entries.Select(entry => KeyValuePair.Create(Host.Text(entry.Key), entry.Value)) ?? [];
        foreach (var (key, value) in given.Concat(call.Keywords.Select(entry => KeyValuePair.Create(entry.Key, entry.Value))))
        {
            scope.Set(key, value);
        }

        return null;
    }

    private object? SetDefault(JinjaCall call)
    {
        var key = Host.Text(call.Get(0, "key"));
        if (!scope.TryGetValue(key, out var value))
        {
            value = call.Get(1, "default");
            scope.Set(key, value);
        }

        return value;
    }
}

/// <summary><c>builtins</c>: dbt's own functions, even when macros hide them.</summary>
internal sealed class BuiltinsObject(NodeScope scope) : JinjaObject
{
    public override string TypeName => "dict";

    public override bool IsMapping => true;

    public override bool TryGetAttribute(string name, out object? value) => scope.Functions.TryMake(name, out value);

    public override bool TryGetItem(object? key, out object? value)
    {
        value = null;
        return key is string name && TryGetAttribute(name, out value);
    }

    public override bool? Contains(object? value) => value is string name && ScopeFunctions.Names.Contains(name, StringComparer.Ordinal);
}

/// <summary>Accepts every value: <c>validation.any[...]</c> says what a configuration should be, and dbt does not check it.</summary>
internal sealed class AnyValidator : JinjaObject
{
    public override bool IsCallable => true;

    public override object? Call(JinjaCall call) => call.Get(0, "value");

    public override bool TryGetItem(object? key, out object? value)
    {
        value = this;
        return true;
    }
}

/// <summary>What a statement gave: <c>response</c>, <c>data</c>, <c>table</c>.</summary>
internal sealed class StatementResult(object? response, AgateTable table) : JinjaObject
{
    public AgateTable Table => table;

    public object? Response => response;

    public override bool TryGetItem(object? key, out object? value)
    {
        value = null;
        return key is string name && TryGetAttribute(name, out value);
    }

    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name switch
        {
            "response" or "status" => response,
            "table" => table,
            "data" => new JinjaList(table.Data.Select(row => (object?)new JinjaTuple(row))),
            _ => null,
        };
        return name is "response" or "table" or "data" or "status";
    }
}

/// <summary>What the database says of a statement.</summary>
internal sealed class AdapterResponse(string message, string? code, long? rows) : JinjaObject
{
    public string Message => message;

    public long? Rows => rows;

    public override string TypeName => "AdapterResponse";

    public override string Str() => message;

    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name switch
        {
            "_message" or "message" => message,
            "code" => code,
            "rows_affected" => rows,
            _ => null,
        };
        return name is "_message" or "message" or "code" or "rows_affected";
    }

    public DbtMap ToMap()
    {
        var map = new DbtMap { ["_message"] = message };
        if (code is not null)
        {
            map["code"] = code;
        }

        if (rows is not null)
        {
            map["rows_affected"] = rows;
        }

        return map;
    }
}
