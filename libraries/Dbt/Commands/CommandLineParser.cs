using System.Globalization;
using FhirAspire.Dbt.Load;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Commands;

/// <summary>Reads a command line as dbt does.</summary>
internal static class CommandLineParser
{
    private static readonly string[] TimeFormats = ["yyyy-MM-dd", "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-dd HH:mm:ss"];

    /// <exception cref="DbtException">Usage: the command line is refused.</exception>
    public static DbtOptions Parse(IReadOnlyList<string> args, IReadOnlyDictionary<string, string> environment)
    {
        var options = new DbtOptions { CommandLine = string.Join(' ', args.Prepend("dbt")) };
        var rest = new List<(int At, string Word)>();
        options.Command = FindCommand(args, out var commandWords);
        for (var i = 0; i < args.Count; i++)
        {
            if (commandWords.Contains(i))
            {
                continue;
            }

            var word = args[i];
            if (word.Length > 1 && word[0] == '-' && !IsNegativeNumber(word))
            {
                i = ReadOption(args, i, options, commandWords);
            }
            else
            {
                rest.Add((i, word));
            }
        }

        if (options.Command == "run-operation" && rest.Count > 0)
        {
            options.Macro = rest[0].Word;
            rest.RemoveAt(0);
        }

        if (rest.Count > 0)
        {
            throw Usage("DBT0003", $"Error: Got unexpected extra argument{(rest.Count == 1 ? string.Empty : "s")} ({string.Join(' ', rest.Select(item => item.Word))})", rest[0].Word, "an option", null);
        }

        if (options.Command == "run-operation" && options.Macro is null)
        {
            throw Usage("DBT0004", "Error: Missing argument 'MACRO'.", null, "dbt run-operation MACRO [--args YAML]", null);
        }

        FromEnvironment(options, environment);
        Check(options);
        return options;
    }

    /// <summary>The command of a command line, whatever its options.</summary>
    /// <exception cref="DbtException">Usage: there is no such command, or none is named.</exception>
    public static string CommandOf(IReadOnlyList<string> args) => FindCommand(args, out _);

    private static bool IsNegativeNumber(string word) => word.Length > 1 && char.IsAsciiDigit(word[1]);

    private static string FindCommand(IReadOnlyList<string> args, out HashSet<int> words)
    {
        words = [];
        for (var i = 0; i < args.Count; i++)
        {
            var word = args[i];
            if (word.StartsWith('-'))
            {
                // An option before the command may take the next word.
                if (!word.Contains('=', StringComparison.Ordinal) && Array.Find(OptionTable.All, spec => spec.Names.Contains(word, StringComparer.Ordinal)) is { Kind: not OptionKind.Flag })
                {
                    i++;
                }

                continue;
            }

            words.Add(i);
            var name = word is "ls" ? "list" : word;
            if (name is "docs" or "source" && i + 1 < args.Count)
            {
                words.Add(i + 1);
                name = $"{name} {args[i + 1]}";
                name = name is "source snapshot-freshness" ? "source freshness" : name;
            }

            if (OptionTable.Commands.Contains(name, StringComparer.Ordinal))
            {
                return name;
            }

            throw Usage("DBT0001", $"Error: No such command '{name}'.", name, string.Join(", ", OptionTable.Commands), Text.DidYouMean(name, OptionTable.Commands));
        }

        throw Usage("DBT0001", "Error: Missing command.", null, string.Join(", ", OptionTable.Commands), null);
    }

    private static int ReadOption(IReadOnlyList<string> args, int at, DbtOptions options, HashSet<int> commandWords)
    {
        var word = args[at];
        string? attached = null;
        if (word.StartsWith("--", StringComparison.Ordinal) && word.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals)
        {
            attached = word[(equals + 1)..];
            word = word[..equals];
        }

        var spec = Array.Find(OptionTable.All, item => Takes(item, options.Command) && (item.Names.Contains(word, StringComparer.Ordinal) || item.NoName == word));
        if (spec is null)
        {
            var known = OptionTable.All.Where(item => Takes(item, options.Command)).SelectMany(item => item.NoName is null ? item.Names : [.. item.Names, item.NoName]);
            throw Usage("DBT0002", $"Error: No such option '{word}'.", word, $"an option of 'dbt {options.Command}'", Text.DidYouMean(word, known));
        }

        if (spec.Kind == OptionKind.Flag)
        {
            options.Given[spec.Name] = spec.NoName != word;
            return at;
        }

        if (spec.Kind is OptionKind.Many or OptionKind.ManyChoice)
        {
            if (spec.Name == "select")
            {
                options.Given[word is "--models" or "--model" or "-m" ? DbtOptions.ByModels : DbtOptions.BySelect] = true;
            }

            var list = options.List(spec.Name) ?? [];
            options.Given[spec.Name] = list;
            if (attached is not null)
            {
                Add(list, spec, word, attached);
                return at;
            }

            while (at + 1 < args.Count && !args[at + 1].StartsWith('-') && !commandWords.Contains(at + 1))
            {
                Add(list, spec, word, args[++at]);
            }

            return list.Count > 0 ? at : throw Usage("DBT0005", $"Error: Option '{word}' requires an argument.", word, "a value", null);
        }

        if (attached is null)
        {
            attached = at + 1 < args.Count ? args[++at] : throw Usage("DBT0005", $"Error: Option '{word}' requires an argument.", word, "a value", null);
        }

        options.Given[spec.Name] = Convert(spec, spec.Names[0], attached);
        return at;
    }

    private static bool Takes(OptionSpec spec, string command) => spec.Commands is null || spec.Commands.Contains(command, StringComparer.Ordinal);

    private static void Add(List<string> list, OptionSpec spec, string word, string value)
    {
        if (spec.Kind == OptionKind.ManyChoice && !spec.Choices.Contains(value, StringComparer.Ordinal))
        {
            throw NoChoice($"'{string.Join("' / '", spec.Names)}'", value, spec.Choices);
        }

        _ = word;
        list.Add(value);
    }

    private static object? Convert(OptionSpec spec, string name, string value)
    {
        switch (spec.Kind)
        {
            case OptionKind.Number:
                return int.TryParse(value, CultureInfo.InvariantCulture, out var number)
                    ? number
                    : throw Usage("DBT0006", $"Error: Invalid value for '{name}': '{value}' is not a valid integer.", value, "an integer", null);
            case OptionKind.Choice:
                return spec.Choices.FirstOrDefault(choice => string.Equals(choice, value, StringComparison.OrdinalIgnoreCase)) ?? throw NoChoice($"'{name}'", value, spec.Choices);
            case OptionKind.Yaml:
                return Yaml(name, value);
            case OptionKind.Time:
                return DateTime.TryParseExact(value, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
                    ? time
                    : throw Usage("DBT0006", $"Error: Invalid value for '{name}': '{value}' does not match the formats '%Y-%m-%d', '%Y-%m-%dT%H:%M:%S', '%Y-%m-%d %H:%M:%S'.", value, "a date, or a date and a time", null);
            default:
                return value;
        }
    }

    private static DbtMap Yaml(string name, string value)
    {
        object? parsed;
        try
        {
            parsed = YamlReader.Read(value, name);
        }
        catch (DbtException exception)
        {
            throw Usage("DBT0007", $"Error: Invalid value for '{name}': String '{value}' is not valid YAML", value, "a YAML mapping, such as '{key: value}'", exception.Message);
        }

        return parsed switch
        {
            null => [],
            DbtMap map when map.Keys.All(key => key is string) => map,
            _ => throw Usage("DBT0007", $"Error: Invalid value for '{name}': String '{value}' is not valid YAML", value, "a YAML mapping with texts as keys, such as '{key: value}'", null),
        };
    }

    private static void FromEnvironment(DbtOptions options, IReadOnlyDictionary<string, string> environment)
    {
        foreach (var spec in OptionTable.All)
        {
            if (spec.Variable is null || options.Given.ContainsKey(spec.Name) || !Takes(spec, options.Command))
            {
                continue;
            }

            if (!environment.TryGetValue(spec.Variable.Replace("DBT_", "DBT_ENGINE_", StringComparison.Ordinal), out var value) && !environment.TryGetValue(spec.Variable, out value))
            {
                continue;
            }

            if (value.Length == 0)
            {
                continue;
            }

            options.Given[spec.Name] = spec.Kind switch
            {
                OptionKind.Flag => value.ToLowerInvariant() switch
                {
                    "1" or "true" or "t" or "yes" or "y" or "on" => true,
                    "0" or "false" or "f" or "no" or "n" or "off" => false,
                    _ => throw Usage("DBT0006", $"Error: Invalid value for '{spec.Names[0]}' (env var: '{spec.Variable}'): '{value}' is not a valid boolean.", value, "true or false", null),
                },
                OptionKind.Many or OptionKind.ManyChoice => value.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries).ToList(),
                _ => Convert(spec, spec.Names[0], value),
            };
        }
    }

    private static void Check(DbtOptions options)
    {
        if (options.Sample is { } sample)
        {
            SampleWindow.Read(sample, DateTime.UnixEpoch.AddYears(1000));
        }

        if (options is { EventTimeStart: { } start, EventTimeEnd: { } end } && start >= end)
        {
            throw Usage("DBT0008", "Value for `--event-time-start` must be less than `--event-time-end`", $"{start:s} and {end:s}", "a start before the end", null);
        }

        if (options.EventTimeStart is null != options.EventTimeEnd is null)
        {
            var (given, missing) = options.EventTimeStart is null ? ("--event-time-end", "--event-time-start") : ("--event-time-start", "--event-time-end");
            throw Usage("DBT0008", $"The flag `{given}` was specified, but `{missing}` was not. When specifying `{given}`, `{missing}` must also be present.", given, missing, null);
        }

        if (options.Flag("warn_error") == true && options.WarnErrorOptions is { Count: > 0 })
        {
            throw Usage("DBT0009", "warn_error: warn_error_options are mutually exclusive", "--warn-error and --warn-error-options", "one of them", null);
        }

        if (options.Text("add_package") is { } package)
        {
            throw Usage("DBT0013", "--add-package is not supported: this engine asks no package hub.", package, "an entry of packages.yml", "write it into packages.yml, and run 'dbt deps'");
        }

        if (options.Inline is not null && ((string[])["select", "selector"]).FirstOrDefault(options.Given.ContainsKey) is { } other)
        {
            throw Usage("DBT0012", $"inline: not allowed with argument {other}", $"--inline and --{other}", "one of them", null);
        }
    }

    private static DbtException NoChoice(string names, string value, string[] choices) =>
        Usage("DBT0006", $"Error: Invalid value for {names}: '{value}' is not one of {string.Join(", ", choices.Select(choice => $"'{choice}'"))}.", value, string.Join(", ", choices), Text.DidYouMean(value, choices));

    private static DbtException Usage(string code, string message, string? found, string expected, string? hint) =>
        new(code, DbtErrorKind.Usage, message) { Found = found, Expected = expected, Hint = hint };
}
