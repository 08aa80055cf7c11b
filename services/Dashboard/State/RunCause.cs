using System.Text.RegularExpressions;
using FhirAspire.Pipeline.Runs;

namespace FhirAspire.Dashboard.State;

/// <summary>Why a run failed, in one line: of a message that goes on over many, the sentence that names the fault.</summary>
/// <param name="Code">The code of the error; the kind of the exception where it has none.</param>
/// <param name="Model">The dbt model that failed first, where one did.</param>
/// <param name="Text">The fault.</param>
public sealed partial record RunCause(string Code, string? Model, string Text)
{
    /// <summary>The cause of a run that failed, or of one of its attempts.</summary>
    public static RunCause Of(JobRun run, string? error = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        var message = error ?? run.Error ?? "";
        var codes = Codes().Matches(message);
        var code = codes.Count > 0 ? codes[^1].Groups["code"].Value : run.ErrorCode ?? "error";
        var lines = message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (lines.Length == 0 || Node().Match(lines[0]) is not { Success: true } node)
        {
            return new RunCause(code, null, SnapshotBuilder.FirstLine(message.Length == 0 ? null : message));
        }

        var (id, rest) = (node.Groups["node"].Value, node.Groups["rest"].Value);
        // "Runtime Error in model x (path)" only says where; the next line says what.
        var text = SnapshotBuilder.FirstLine(lines.Length > 1 && rest.Contains(" Error in ", StringComparison.Ordinal) ? lines[1] : rest);
        return id.StartsWith("model.", StringComparison.Ordinal) ? new RunCause(code, DbtNames.NameOf(id), text) : new RunCause(code, null, $"{DbtNames.NameOf(id)}: {text}");
    }

    /// <summary>The cause as a line of a table.</summary>
    public static string Line(JobRun run) => Of(run) is { Model: { } model } cause ? $"{model}: {cause.Text}" : Of(run).Text;

    [GeneratedRegex(@"\[(?<code>[A-Z]{2,4}\d{4})\]", RegexOptions.None, 1000)]
    private static partial Regex Codes();

    [GeneratedRegex(@"^\d+ of \d+ nodes failed, the first: (?<node>[^:\s]+): (?<rest>.+)$", RegexOptions.None, 1000)]
    private static partial Regex Node();
}
