using System.Text.RegularExpressions;
using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Load;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Parse;

/// <summary>
/// Reads models whose only templates are plain <c>ref</c>, <c>source</c> and <c>config</c> calls with literal arguments, without
/// rendering them. Whatever else occurs is left to the template engine.
/// </summary>
internal static partial class StaticParser
{
    public static bool TryParse(DbtSession session, DbtNode node)
    {
        if (node.ResourceType is not (DbtResourceType.Model or DbtResourceType.Test or DbtResourceType.Snapshot or DbtResourceType.Analysis))
        {
            return false;
        }

        foreach (var name in new[] { "ref", "source", "config" })
        {
            if (session.Macros.Find(name, node.PackageName) is not null)
            {
                return false;
            }
        }

        var code = node.RawCode;
        if (code.Contains("{%", StringComparison.Ordinal) || code.Contains("{#", StringComparison.Ordinal))
        {
            return false;
        }

        var refs = new List<RefArgs>();
        var sources = new List<(string, string)>();
        var config = new DbtMap();
        var at = 0;
        while (code.IndexOf("{{", at, StringComparison.Ordinal) is >= 0 and var open)
        {
            var match = CallPattern().Match(code, open);
            if (!match.Success || match.Index != open)
            {
                return false;
            }

            at = match.Index + match.Length;
            var first = match.Groups["first"].Value;
            switch (match.Groups["name"].Value)
            {
                case "ref":
                    refs.Add(match.Groups["second"].Success ? new RefArgs(match.Groups["second"].Value, first, null) : new RefArgs(first, null, null));
                    break;
                case "source" when match.Groups["second"].Success:
                    sources.Add((first, match.Groups["second"].Value));
                    break;
                case "config" when !match.Groups["first"].Success:
                    // Several calls add up in ways that the template engine knows.
                    if (config.Count > 0 || !TryConfig(match.Groups["args"].Value, config))
                    {
                        return false;
                    }

                    break;
                default:
                    return false;
            }
        }

        node.Refs.AddRange(refs);
        node.Sources.AddRange(sources);
        foreach (var (key, value) in config)
        {
            node.ConfigCall[ConfigMerge.HookName(Val.Str(key))] = value;
        }

        return true;
    }

    private static bool TryConfig(string arguments, DbtMap config)
    {
        var at = 0;
        while (at < arguments.Length)
        {
            var match = ArgumentPattern().Match(arguments, at);
            if (!match.Success || match.Index != at)
            {
                return arguments[at..].Trim().Length == 0;
            }

            at = match.Index + match.Length;
            var value = match.Groups["value"].Value;
            config[match.Groups["key"].Value] = value switch
            {
                "true" or "True" => true,
                "false" or "False" => false,
                _ when value[0] is '\'' or '"' => value[1..^1],
                _ => YamlScalars.Resolve(value),
            };
        }

        return true;
    }

    [GeneratedRegex(@"\G\{\{-?\s*(?<name>ref|source|config)\s*\(\s*(?:(?:'(?<first>[^'\\{}]*)'|""(?<first>[^""\\{}]*)"")(?:\s*,\s*(?:'(?<second>[^'\\{}]*)'|""(?<second>[^""\\{}]*)""))?\s*|(?<args>\w+\s*=[^{}]*?))?\)\s*-?\}\}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CallPattern();

    [GeneratedRegex(@"\G\s*(?<key>\w+)\s*=\s*(?<value>'[^'\\{}]*'|""[^""\\{}]*""|true|false|True|False|[0-9]+)\s*(?:,|\z)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ArgumentPattern();
}
