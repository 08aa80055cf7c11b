using System.Text.Json;
using FhirAspire.Simulation.Files;
using FhirAspire.Simulation.Modules.Loading;
using FhirAspire.Simulation.Modules.States;
using FhirAspire.Simulation.Record;

namespace FhirAspire.Simulation.Modules;

/// <summary>
/// Loads module files of Synthea's Generic Module Framework. In a source, they are the <c>.json</c> files below <c>modules/</c>, or all of them
/// where there is no such folder; lookup tables are in <c>lookup_tables/</c> beside them.
/// </summary>
public static class ModuleLoader
{
    private const int HighestVersion = 2;

    /// <summary>Loads modules to be run.</summary>
    /// <param name="sources">Where to look; a module of a later source replaces one with the same key of an earlier one.</param>
    /// <exception cref="ModuleException">Some file has a fault; all faults are listed.</exception>
    public static ModuleSet Load(params IReadOnlyList<IFileSource> sources)
    {
        var set = TryLoad(sources, out var issues);
        var errors = issues.Where(i => !i.IsWarning).ToList();
        return errors.Count == 0 ? set : throw new ModuleException(string.Join(", ", sources.Select(s => s.Name)), errors);
    }

    /// <summary>Loads the modules that come with this library.</summary>
    public static ModuleSet LoadOwn() => Load(FileSources.OwnModules());

    /// <summary>Checks module files without running them.</summary>
    /// <returns>All faults and warnings.</returns>
    public static IReadOnlyList<ModuleIssue> Check(params IReadOnlyList<IFileSource> sources)
    {
        TryLoad(sources, out var issues);
        return issues;
    }

    private static ModuleSet TryLoad(IReadOnlyList<IFileSource> sources, out List<ModuleIssue> issues)
    {
        var files = new SortedDictionary<string, (IFileSource Source, string Path)>(StringComparer.Ordinal);
        var tables = new Dictionary<string, (IFileSource Source, string Path)>(StringComparer.Ordinal);
        foreach (var source in sources)
        {
            List(source, files, tables);
        }

        var context = new LoadContext
        {
            LookupTable = name => tables.TryGetValue(name, out var table) ? table.Source.ReadText(table.Path) : null,
        };
        issues = context.Issues;
        if (files.Count == 0)
        {
            issues.Add(new ModuleIssue(string.Join(", ", sources.Select(s => s.Name)), null, null, "no module", "at least one .json file, below modules/ or at the top"));
        }

        var documents = new List<(Module Module, JsonDocument Document, string File)>();
        foreach (var (key, (source, path)) in files)
        {
            if (Parse(context, source, path) is { } document)
            {
                var name = document.RootElement.TryGetProperty("name", out var given) && given.ValueKind == JsonValueKind.String ? given.GetString()! : key;
                var module = new Module(key, name);
                context.Modules.Add(key, module);
                documents.Add((module, document, path));
            }
        }

        foreach (var (module, document, file) in documents)
        {
            using (document)
            {
                ReadModule(context, module, file, document.RootElement);
            }
        }

        foreach (var (module, _, _) in documents)
        {
            foreach (var state in module.States)
            {
                state.PriorKey = context.PriorStates.Find(state.Name);
            }
        }

        return new ModuleSet(
            [.. documents.Select(d => d.Module)], context.Attributes, context.Codes, context.Symptoms, context.Vitals, context.PriorStates, context.ObservedCodes)
        {
            Warnings = [.. issues.Where(i => i.IsWarning)],
            CovidDoseRates = context.LookupTable("covid_dose_rates.csv"),
        };
    }

    private static void List(
        IFileSource source, SortedDictionary<string, (IFileSource, string)> files, Dictionary<string, (IFileSource, string)> tables)
    {
        const string Folder = "modules/";
        const string Tables = "lookup_tables/";
        var prefix = source.Paths.Any(p => p.StartsWith(Folder, StringComparison.Ordinal)) ? Folder : "";
        foreach (var path in source.Paths)
        {
            if (!path.StartsWith(prefix, StringComparison.Ordinal))
            {
                continue;
            }

            var relative = path[prefix.Length..];
            if (relative.StartsWith(Tables, StringComparison.Ordinal))
            {
                tables[relative[Tables.Length..]] = (source, path);
            }
            else if (relative.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
            {
                files[relative[..^".json".Length]] = (source, path);
            }
        }
    }

    private static JsonDocument? Parse(LoadContext context, IFileSource source, string path)
    {
        try
        {
            using var stream = source.Open(path)!;
            var document = JsonDocument.Parse(stream, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            context.Issues.Add(new ModuleIssue(path, null, null, JsonFields.Describe(document.RootElement), "an object with 'name' and 'states'"));
            document.Dispose();
        }
        catch (JsonException e)
        {
            context.Issues.Add(new ModuleIssue($"{path}:{(e.LineNumber ?? 0) + 1}:{(e.BytePositionInLine ?? 0) + 1}", null, null, "what is no JSON (" + e.Message.Split(" Path:")[0] + ")", "a JSON object"));
        }

        return null;
    }

    private static void ReadModule(LoadContext context, Module module, string file, JsonElement root)
    {
        var fields = new JsonFields(context, file, null, "", root);
        if (fields.Number("gmf_version") is { } version && version > HighestVersion)
        {
            fields.Report("gmf_version", version.ToString(), $"at most {HighestVersion}");
        }

        module.IsCardiology = fields.Text("specialty")?.Contains("CARDIOLOGY", StringComparison.OrdinalIgnoreCase) == true;
        module.KeepsVisit = fields.Flag("keeps_visit");
        if (!fields.Has("states") || root.GetProperty("states").ValueKind != JsonValueKind.Object)
        {
            fields.Report("states", fields.Has("states") ? JsonFields.Describe(root.GetProperty("states")) : "nothing", "an object: name of a state -> state");
            return;
        }

        var states = root.GetProperty("states");
        var reader = new StateReader(context, module, name => OnsetCode(context, states, name));
        var byName = new Dictionary<string, State>(StringComparer.Ordinal);
        foreach (var property in states.EnumerateObject())
        {
            var state = new JsonFields(context, file, property.Name, "", property.Value);
            if (property.Value.ValueKind != JsonValueKind.Object)
            {
                state.Report(null, JsonFields.Describe(property.Value), "an object with 'type'");
                continue;
            }

            byName[property.Name] = reader.Read(property.Name, state);
        }

        var transitions = new TransitionReader(context, byName);
        foreach (var property in states.EnumerateObject())
        {
            if (byName.TryGetValue(property.Name, out var state) && !state.IsTerminal && property.Value.ValueKind == JsonValueKind.Object)
            {
                state.Transition = transitions.Read(new JsonFields(context, file, property.Name, "", property.Value))!;
            }
        }

        module.States = [.. byName.Values];
        if (byName.TryGetValue("Initial", out var initial))
        {
            module.Initial = initial;
        }
        else
        {
            fields.Report("states", "no state named 'Initial'", "a state named 'Initial' to start from", Suggestion.For("Initial", byName.Keys));
        }
    }

    /// <summary>The first code of the module's onset state by that name.</summary>
    private static Code? OnsetCode(LoadContext context, JsonElement states, string name)
    {
        if (!states.TryGetProperty(name, out var state) || state.ValueKind != JsonValueKind.Object
            || !state.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String || type.GetString() != "ConditionOnset")
        {
            return null;
        }

        var ignored = new LoadContext { LookupTable = _ => null };
        return new JsonFields(ignored, "", name, "", state).Codes("codes") is { Length: > 0 } codes
            ? context.Codes.Intern(codes[0].System, codes[0].Value, codes[0].Display, codes[0].Version)
            : null;
    }
}
