namespace FhirAspire.Dashboard.State;

/// <summary>What dbt's names say.</summary>
public static class DbtNames
{
    /// <summary>The name at the end of a unique id; of a test without its hash.</summary>
    public static string NameOf(string uniqueId)
    {
        ArgumentNullException.ThrowIfNull(uniqueId);
        var parts = uniqueId.Split('.');
        return parts.Length < 3 ? uniqueId : parts[0] == "source" ? string.Join('.', parts.Skip(2)) : parts[2];
    }

    /// <summary>The layer of a model, by the prefixes of this project.</summary>
    public static string LayerOf(string uniqueId)
    {
        var name = NameOf(uniqueId);
        return uniqueId.StartsWith("source.", StringComparison.Ordinal) ? "source"
            : uniqueId.StartsWith("seed.", StringComparison.Ordinal) ? "seeds"
            : name.StartsWith("stg_", StringComparison.Ordinal) || name.StartsWith("base_", StringComparison.Ordinal) ? "staging"
            : name.StartsWith("int_", StringComparison.Ordinal) ? "intermediate"
            : "marts";
    }

    /// <summary>A node's status in words: <c>rolled back</c>.</summary>
    public static string Word(string status) => status switch { "rolledback" => "rolled back", "runtimeerror" => "error", "partialsuccess" => "partial success", _ => status };

    /// <summary>Whether a node's status is a failure.</summary>
    public static bool IsFailed(string status) => status is "error" or "fail" or "runtime error" or "runtimeerror" or "partial success" or "partialsuccess";
}
