using System.Text.RegularExpressions;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Parse;

/// <summary>Reads macros, materializations and generic tests from files.</summary>
internal static partial class MacroReader
{
    private static readonly string[] Tags = ["macro", "materialization", "test", "data_test"];

    public static IEnumerable<DbtMacro> Read(string text, string package, string file)
    {
        if (!text.Contains("{%", StringComparison.Ordinal))
        {
            yield break;
        }

        foreach (var block in BlockReader.Read(text, file, Tags))
        {
            yield return block.Tag switch
            {
                "macro" => Make(block, block.Name, block.Full, package, file),
                "materialization" => Materialization(block, package, file),
                _ => Make(block, "test_" + block.Name, AsMacro(block, "test_" + block.Name + block.Head[(block.Head.IndexOf(block.Name, StringComparison.Ordinal) + block.Name.Length)..]), package, file),
            };
        }
    }

    private static DbtMacro Materialization(TemplateBlock block, string package, string file)
    {
        var adapter = AdapterPattern().Match(block.Head) is { Success: true } match ? match.Groups["name"].Value : "default";
        var name = $"materialization_{block.Name}_{adapter}";
        var languages = LanguagesPattern().Match(block.Head) is { Success: true } list
            ? QuotedPattern().Matches(list.Groups["list"].Value).Select(item => item.Groups["text"].Value).ToList()
            : ["sql"];
        return Make(block, name, AsMacro(block, name + "()"), package, file, languages);
    }

    // The opening tag is replaced by a macro's, on the same lines; white space control stays as it is.
    private static string AsMacro(TemplateBlock block, string head)
    {
        var opening = block.Full[..block.Full.IndexOf(block.Body, 2, StringComparison.Ordinal)];
        if (block.Body.Length == 0)
        {
            opening = block.Full[..(block.Full.IndexOf("%}", StringComparison.Ordinal) + 2)];
        }

        var closing = block.Full[(opening.Length + block.Body.Length)..];
        var lines = new string('\n', Math.Max(0, opening.Count(c => c == '\n') - head.Count(c => c == '\n')));
        var left = opening.Length > 2 && opening[2] is '-' or '+' ? opening[2].ToString() : string.Empty;
        var right = opening[^3] is '-' or '+' ? opening[^3].ToString() : string.Empty;
        return $"{{%{left} macro {head.Trim()}{lines} {right}%}}{block.Body}{closing.Replace("end" + block.Tag, "endmacro", StringComparison.Ordinal)}";
    }

    private static DbtMacro Make(TemplateBlock block, string name, string template, string package, string file, List<string>? languages = null)
    {
        if (name.Length == 0 || name == "test_")
        {
            throw new DbtException("DBT2102", DbtErrorKind.Compilation, $"A {block.Tag} block has no name") { File = file, Line = block.Line, Expected = $"{{% {block.Tag} name(...) %}}" };
        }

        return new DbtMacro
        {
            UniqueId = $"macro.{package}.{name}",
            Name = name,
            PackageName = package,
            OriginalFilePath = file,
            MacroSql = block.Spaced,
            Template = template,
            Line = block.Line,
            SupportedLanguages = languages,
        };
    }

    [GeneratedRegex(@"adapter\s*=\s*[""'](?<name>[^""']+)[""']", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex AdapterPattern();

    [GeneratedRegex(@"supported_languages\s*=\s*\[(?<list>[^\]]*)\]", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LanguagesPattern();

    [GeneratedRegex(@"[""'](?<text>[^""']*)[""']", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex QuotedPattern();
}
