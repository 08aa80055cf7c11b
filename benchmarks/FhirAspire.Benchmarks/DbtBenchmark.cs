using System.Diagnostics;
using System.Globalization;
using FhirAspire.Dbt;

namespace FhirAspire.Benchmarks;

/// <summary>
/// The dbt engine on a large project: <c>dbt [--project DIR] [--models 500] [--layers 10]</c>. Without <c>--project</c> one is generated in a temporary folder. Every command runs in a
/// process of its own, as on a command line, so that its start and the compilation of the engine's code count. Prints a Markdown table: wall and processor seconds, and for commands that
/// run nodes the engine's own share and the database's in milliseconds a node.
/// </summary>
internal static class DbtBenchmark
{
    public static async Task<int> RunAsync(string[] args)
    {
        if (args is ["child", .. var command])
        {
            return await ChildAsync(command);
        }

        var given = Value(args, "--project");
        var root = given is null ? Directory.CreateTempSubdirectory("dbt-benchmark-").FullName : Path.GetFullPath(given);
        try
        {
            if (given is null)
            {
                LayeredDbtProject.Write(root, int.Parse(Value(args, "--models") ?? "500", CultureInfo.InvariantCulture), int.Parse(Value(args, "--layers") ?? "10", CultureInfo.InvariantCulture));
            }

            var target = Path.Combine(root, "target");
            if (Directory.Exists(target))
            {
                Directory.Delete(target, recursive: true);
            }

            Console.WriteLine("| command | wall s | CPU s | nodes | own ms a node | database ms a node |\n| --- | ---: | ---: | ---: | ---: | ---: |");
            Measure("parse, cold", root, "parse");
            Measure("parse, nothing changed", root, "parse");
            foreach (var (what, folder, pattern, change) in new[] { ("one model", "models", "*.sql", "\n-- changed"), ("one properties file", "models", "*.yml", "\n# changed\n"), ("one macro", "macros", "*.sql", "") })
            {
                var place = Path.Combine(root, folder);
                var file = Directory.Exists(place) ? Directory.EnumerateFiles(place, pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal).LastOrDefault() : null;
                if (file is null)
                {
                    continue;
                }

                // The macro's text itself must differ, so that what calls it is rendered again.
                var text = await File.ReadAllTextAsync(file);
                await File.WriteAllTextAsync(file, folder == "macros" ? text.Replace("{%- endmacro", "{# changed #}{%- endmacro", StringComparison.Ordinal).Replace("{% endmacro", "{# changed #}{% endmacro", StringComparison.Ordinal) : text + change);
                Measure($"parse, {what} changed", root, "parse");
                await File.WriteAllTextAsync(file, text);
                Measure($"parse, {what} changed back", root, "parse");
            }

            Measure("ls", root, "ls");
            Measure("seed", root, "seed");
            Measure("run, 4 threads", root, "run", "--threads", "4", "--full-refresh");
            Measure("run, 1 thread", root, "run", "--threads", "1", "--full-refresh");
            Measure("compile, 4 threads", root, "compile", "--threads", "4");
            Measure("test, 4 threads", root, "test", "--threads", "4");
            return 0;
        }
        finally
        {
            if (given is null)
            {
                Directory.Delete(root, recursive: true);
            }
        }
    }

    private static void Measure(string name, string root, params string[] command)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        // Under 'dotnet file.dll' the process is dotnet itself.
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(DbtBenchmark).Assembly.Location);
        }

        foreach (var argument in new[] { "dbt", "child" }.Concat(command).Concat(["--project-dir", root, "--profiles-dir", root]))
        {
            start.ArgumentList.Add(argument);
        }

        var clock = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        var wall = clock.Elapsed.TotalSeconds;
        Console.WriteLine(process.ExitCode == 0
            ? string.Create(CultureInfo.InvariantCulture, $"| {name} | {wall:0.00} | {output} |")
            : $"| {name} | failed with {process.ExitCode}: {errors.Result.Trim()} | | | | |");
    }

    // Prints the last four columns.
    private static async Task<int> ChildAsync(string[] command)
    {
        var result = await DbtEngine.RunAsync(DbtInvocation.Parse(command));
        if (result.Error is { } error)
        {
            Console.Error.WriteLine(error.ToConsoleText());
            return result.ExitCode;
        }

        var count = result.Nodes.Count;
        var cpu = Environment.CpuUsage.TotalTime.TotalSeconds;
        Console.WriteLine(count == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{cpu:0.00} | | |")
            : string.Create(CultureInfo.InvariantCulture, $"{cpu:0.00} | {count} | {result.Nodes.Sum(node => node.Seconds - node.DatabaseSeconds) * 1000 / count:0.00} | {result.Nodes.Sum(node => node.DatabaseSeconds) * 1000 / count:0.00}"));
        return result.ExitCode;
    }

    private static string? Value(string[] args, string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
}
