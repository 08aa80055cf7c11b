namespace FhirAspire.AppHost.Commands;

/// <summary>Puts examples under a command's description.</summary>
internal static class Examples
{
    private const string Program = "dotnet run --project FhirAspire.AppHost";

    public static string Add(string description, params string[] arguments) =>
        $"{description}\n\nExamples:\n{string.Join('\n', arguments.Select(argument => argument.Length == 0 ? $"  {Program}" : $"  {Program} -- {argument}"))}";
}
