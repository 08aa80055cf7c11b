namespace FhirAspire.Jinja;

/// <summary>What a template may do with a value that is not defined.</summary>
public enum UndefinedKind
{
    /// <summary>Prints as nothing, is false and empty, and fails on any other use.</summary>
    Default,

    /// <summary>Fails on nearly every use.</summary>
    Strict,

    /// <summary>As <see cref="Default"/>, and attributes and items of undefined are undefined again.</summary>
    Chainable,

    /// <summary>As <see cref="Default"/>, and prints what was asked for.</summary>
    Debug,

    /// <summary>What dbt uses while it parses: attributes, items and calls of undefined are undefined again; arithmetic and ordering fail.</summary>
    DbtParse,
}
