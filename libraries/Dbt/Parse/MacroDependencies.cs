using System.Text.RegularExpressions;
using FhirAspire.Dbt.Compile;

namespace FhirAspire.Dbt.Parse;

/// <summary>Which macros a macro calls, as far as its text tells.</summary>
internal static partial class MacroDependencies
{
    public static void Find(Manifest manifest, MacroIndex index)
    {
        foreach (var macro in manifest.Macros.Values)
        {
            // dbt's own macros and what they call are no part of what projects compare.
            if (!index.InternalPackages.Contains(macro.PackageName, StringComparer.Ordinal))
            {
                macro.DependsOnMacros = [.. Of(macro, index).Distinct(StringComparer.Ordinal)];
            }
        }
    }

    private static IEnumerable<string> Of(DbtMacro macro, MacroIndex index)
    {
        foreach (Match match in DispatchPattern().Matches(macro.Template))
        {
            var macroNamespace = match.Groups["namespace"].Success ? match.Groups["namespace"].Value : null;
            if (index.Dispatch(match.Groups["name"].Value, macroNamespace, macro.PackageName) is { } found)
            {
                yield return found.UniqueId;
            }
        }

        foreach (Match match in CallPattern().Matches(Expressions(macro.Template)))
        {
            var name = match.Groups["name"].Value;
            var package = match.Groups["package"].Success ? match.Groups["package"].Value : null;
            if (name == macro.Name && package is null)
            {
                continue;
            }

            var found = package is null ? index.Find(name, macro.PackageName) : index.HasPackage(package) ? index.FindIn(package, name) : null;
            if (found is not null && found != macro)
            {
                yield return found.UniqueId;
            }
        }
    }

    private static string Expressions(string template) => string.Join('\n', TagPattern().Matches(CommentPattern().Replace(template, string.Empty)).Select(match => TextPattern().Replace(match.Value, "''")));

    [GeneratedRegex(@"\{\{.*?\}\}|\{%.*?%\}", RegexOptions.CultureInvariant | RegexOptions.Singleline, 5000)]
    private static partial Regex TagPattern();

    [GeneratedRegex(@"\{#.*?#\}", RegexOptions.CultureInvariant | RegexOptions.Singleline, 5000)]
    private static partial Regex CommentPattern();

    [GeneratedRegex(@"'[^'\\\n]*'|""[^""\\\n]*""", RegexOptions.CultureInvariant, 5000)]
    private static partial Regex TextPattern();

    [GeneratedRegex(@"(?<![\w.])(?:(?<package>[A-Za-z_]\w*)\.)?(?<name>[A-Za-z_]\w*)\s*\(", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex CallPattern();

    [GeneratedRegex(@"adapter\.dispatch\s*\(\s*(?:macro_name\s*=\s*)?['""](?<name>\w+)['""]\s*(?:,\s*(?:macro_namespace\s*=\s*)?['""](?<namespace>\w+)['""])?", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex DispatchPattern();
}
