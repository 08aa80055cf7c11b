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

    // dbt finds calls in the order of the text, and what a dispatch leads to beside the name that it gives.
    private static IEnumerable<string> Of(DbtMacro macro, MacroIndex index)
    {
        foreach (Match match in DispatchPattern().Matches(macro.Template))
        {
            var name = match.Groups["name"].Value;
            var macroNamespace = match.Groups["namespace"].Success ? match.Groups["namespace"].Value : null;
            if (name != macro.Name && Resolve(index, macro.PackageName, name) is { } plain)
            {
                yield return plain.UniqueId;
            }

            if (index.Dispatch(name, macroNamespace, fromPackage: null) is { } found)
            {
                yield return found.UniqueId;
            }
        }

        foreach (Match match in CallPattern().Matches(Expressions(macro.Template)))
        {
            var name = match.Groups["name"].Value;
            var package = match.Groups["package"].Success ? match.Groups["package"].Value : null;
            if (package is null ? name == macro.Name || name is "ref" or "source" or "config" : package == "adapter")
            {
                continue;
            }

            if (Resolve(index, package ?? macro.PackageName, name) is { } found)
            {
                yield return found.UniqueId;
            }
        }
    }

    // What stands before the dot may be no package at all, such as builtins: then the name alone counts.
    private static DbtMacro? Resolve(MacroIndex index, string package, string name) => (index.HasPackage(package) ? index.FindIn(package, name) : null) ?? index.FindByName(name);

    private static string Expressions(string template) => string.Join('\n', TagPattern().Matches(CommentPattern().Replace(template, string.Empty)).Select(match => TextPattern().Replace(match.Value, "''")));

    [GeneratedRegex(@"\{\{.*?\}\}|\{%.*?%\}", RegexOptions.CultureInvariant | RegexOptions.Singleline, 5000)]
    private static partial Regex TagPattern();

    [GeneratedRegex(@"\{#.*?#\}", RegexOptions.CultureInvariant | RegexOptions.Singleline, 5000)]
    private static partial Regex CommentPattern();

    [GeneratedRegex(@"'[^'\\\n]*'|""[^""\\\n]*""", RegexOptions.CultureInvariant, 5000)]
    private static partial Regex TextPattern();

    [GeneratedRegex(@"(?<![\w.]|\|\s*)(?:(?<package>[A-Za-z_]\w*)\.)?(?<name>[A-Za-z_]\w*)\s*\(", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex CallPattern();

    [GeneratedRegex(@"adapter\.dispatch\s*\(\s*(?:macro_name\s*=\s*)?['""](?<name>\w+)['""]\s*(?:,\s*(?:macro_namespace\s*=\s*)?['""](?<namespace>\w+)['""])?", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex DispatchPattern();
}
