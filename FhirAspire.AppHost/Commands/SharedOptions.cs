using System.CommandLine;
using FhirAspire.AppHost.Hosting;

namespace FhirAspire.AppHost.Commands;

/// <summary>The options of every command that touches the data directory.</summary>
internal static class SharedOptions
{
    private static readonly Option<DirectoryInfo> Data = new("--data") { Description = "Folder of all local data (default: data, beside FhirAspire.sln)", HelpName = "DIR", Recursive = true };

    private static readonly Option<string[]> Set = new("--set")
    {
        Description = "Sets a configuration key, such as --set Loader:BatchBytes=33554432; may be repeated",
        HelpName = "KEY=VALUE",
        Arity = ArgumentArity.OneOrMore,
        Recursive = true,
    };

    public static void AddTo(RootCommand root)
    {
        root.Options.Add(Data);
        root.Options.Add(Set);
        Set.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => token.Value.IndexOf('=', StringComparison.Ordinal) <= 0))
            {
                result.AddError($"--set takes KEY=VALUE, not '{token.Value}'.");
            }
        });
    }

    public static DataDirectory DataOf(ParseResult parsed) =>
        new(parsed.GetValue(Data)?.FullName ?? Environment.GetEnvironmentVariable("FHIRASPIRE_DATA") ?? ProductPaths.DefaultData);

    public static IEnumerable<KeyValuePair<string, string?>> SettingsOf(ParseResult parsed) =>
        (parsed.GetValue(Set) ?? []).Select(pair => pair.Split('=', 2)).Select(pair => new KeyValuePair<string, string?>(pair[0], pair[1]));
}
