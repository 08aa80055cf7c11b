namespace FhirAspire.Jinja;

/// <summary>At which moment, and for which sort of reason, a template failed.</summary>
public enum JinjaErrorKind
{
    /// <summary>The template could not be read; nothing of it was run.</summary>
    Syntax,

    /// <summary>A value that is not defined was used as if it were.</summary>
    Undefined,

    /// <summary>The sandbox refused an access.</summary>
    Security,

    /// <summary>Everything else: wrong types and values, missing templates, failures of host functions, limits.</summary>
    Runtime,
}
