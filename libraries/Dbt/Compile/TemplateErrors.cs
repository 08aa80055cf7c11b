using System.Text.RegularExpressions;
using FhirAspire.Dbt.Values;
using FhirAspire.Jinja;

namespace FhirAspire.Dbt.Compile;

/// <summary>Makes errors of templates errors of dbt.</summary>
internal static partial class TemplateErrors
{
    public static Exception Translate(JinjaException exception, string file, NodeScope? scope)
    {
        for (var inner = exception.InnerException; inner is not null; inner = inner.InnerException)
        {
            if (inner is DbtException or OperationCanceledException)
            {
                return inner;
            }
        }

        var place = exception.TemplateName ?? file;
        var line = exception.Line > 0 ? exception.Line : (int?)null;
        if (line is not null && scope?.Node is { Test: null, UnitTest: null } node && node.OriginalFilePath == place)
        {
            // Templates are read without the white space above them.
            line += node.LineOffset;
        }

        var column = exception.Column > 0 ? exception.Column : (int?)null;
        if (exception.Kind == JinjaErrorKind.Syntax)
        {
            var source = exception.SourceLine is { } text ? $"\n  line {exception.Line}\n    {text.Trim()}" : string.Empty;
            return new DbtException("DBT2102", DbtErrorKind.Compilation, exception.Reason + source, exception) { File = place, Line = line, Column = column, Found = exception.SourceLine?.Trim() };
        }

        var undefined = UndefinedPattern().Match(exception.Reason);
        if (undefined.Success)
        {
            var name = undefined.Groups["name"].Value;
            // Before the project is read there are no macros to look among.
            var package = scope?.Session.Macros?.PackagesWith(name).Order(StringComparer.Ordinal).FirstOrDefault();
            var hint = package is null ? Text.DidYouMean(name, scope?.Keys ?? []) : $"did you mean '{package}.{name}'?";
            return new DbtException("DBT2104", DbtErrorKind.Compilation,
                $"{exception.Reason}. This can happen when calling a macro that does not exist. Check for typos and/or install package dependencies with \"dbt deps\".", exception)
            {
                File = place, Line = line, Column = column, Found = name, Expected = "a variable, function or macro that exists", Hint = hint ?? "check the spelling, or run 'dbt deps'",
            };
        }

        return new DbtException("DBT2106", DbtErrorKind.Compilation, exception.Reason, exception) { File = place, Line = line, Column = column, Found = exception.SourceLine?.Trim(), Hint = PackageHint(exception, scope) };
    }

    // What is missing may be a macro of a package, of which the message says no more than that it is a dict.
    private static string? PackageHint(JinjaException exception, NodeScope? scope)
    {
        if (scope?.Session.Macros is not { } macros || MissingPattern().Match(exception.Reason) is not { Success: true } missing || exception.SourceLine is not { } source)
        {
            return null;
        }

        var name = missing.Groups["name"].Value;
        var package = macros.PackageNames.FirstOrDefault(package => source.Contains($"{package}.{name}", StringComparison.Ordinal));
        return package is null ? null : Text.DidYouMean(name, macros.NamesIn(package)) ?? $"the package '{package}', as it is installed, has no macro '{name}'";
    }

    [GeneratedRegex(@" has no attribute '(?<name>\w+)'\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex MissingPattern();

    [GeneratedRegex(@"\A'(?<name>\w+)' is undefined\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex UndefinedPattern();
}
