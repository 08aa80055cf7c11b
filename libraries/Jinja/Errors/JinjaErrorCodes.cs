namespace FhirAspire.Jinja;

/// <summary>The stable codes of <see cref="JinjaException"/> by the class of the error.</summary>
public static class JinjaErrorCodes
{
    private static readonly Dictionary<string, string> ByType = new(StringComparer.Ordinal)
    {
        ["TypeError"] = "JIN201",
        ["ValueError"] = "JIN202",
        ["ZeroDivisionError"] = "JIN203",
        ["KeyError"] = "JIN204",
        ["IndexError"] = "JIN205",
        ["AttributeError"] = "JIN206",
        ["OverflowError"] = "JIN207",
        ["RecursionError"] = "JIN208",
        ["MemoryError"] = "JIN209",
        ["RuntimeError"] = "JIN210",
        ["FilterArgumentError"] = "JIN211",
        ["TemplateRuntimeError"] = "JIN212",
        ["TemplateNotFound"] = "JIN213",
        ["TemplatesNotFound"] = "JIN213",
        ["error"] = "JIN214",
        ["StepLimitError"] = "JIN220",
        ["HostError"] = "JIN230",
    };

    /// <summary>
    /// <c>JIN100</c> syntax, <c>JIN101</c> assertion (unknown filter or test, a block twice, a bad name), <c>JIN201</c> to <c>JIN214</c> Python's
    /// run-time errors, <c>JIN220</c> step limit, <c>JIN230</c> failure of a host function, <c>JIN299</c> others, <c>JIN300</c> undefined, <c>JIN400</c> sandbox.
    /// </summary>
    public static string For(JinjaErrorKind kind, string pythonType) => kind switch
    {
        JinjaErrorKind.Syntax => string.Equals(pythonType, "TemplateAssertionError", StringComparison.Ordinal) ? "JIN101" : "JIN100",
        JinjaErrorKind.Undefined => "JIN300",
        JinjaErrorKind.Security => "JIN400",
        _ => ByType.GetValueOrDefault(pythonType, "JIN299"),
    };
}
