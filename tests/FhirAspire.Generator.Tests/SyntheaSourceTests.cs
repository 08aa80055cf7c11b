using System.Diagnostics;
using FhirAspire.Generator.Synthea;
using FhirAspire.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace FhirAspire.Generator.Tests;

/// <summary>Tests that measure the memory of the process, so no others run beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneInTheProcess
{
    /// <summary>Its name.</summary>
    public const string Name = "alone in the process";
}

/// <summary>Synthea as a child process, played by a shell script that gets Synthea's own arguments.</summary>
[Collection(AloneInTheProcess.Name)]
public sealed class SyntheaSourceTests : IDisposable
{
    private const string Works = """
        for a in "$@"; do case "$a" in --exporter.baseDirectory=*) out="${a#*=}fhir";; esac; done
        mkdir -p "$out"
        echo "$@" > "$(dirname "$0")/arguments"
        echo '{"resourceType":"Bundle"}' > "$out/Ann1_Lee2_11111111-2222-3333-4444-555555555555.json"
        echo '{"resourceType":"Bundle"}' > "$out/Bob1_Lee2_11111111-2222-3333-4444-666666666666.json"
        echo '{"resourceType":"Bundle"}' > "$out/hospitalInformation1.json"
        echo '{"resourceType":"Bundle"}' > "$out/practitionerInformation1.json"
        """;

    private readonly Workspace workspace = new();

    public void Dispose() => workspace.Dispose();

    [SkippableFact]
    public async Task Every_patient_of_a_run_gets_a_folder_with_the_files_that_the_run_shares()
    {
        var written = await Source(Works).NextAsync(default);

        written.Count.ShouldBe(2);
        written.ShouldAllBe(item => item.Files == 3 && item.Kind == SpooledKind.Patient);
        workspace.Spool.Folders().Select(folder => folder.Key.Split('_')[1]).ShouldBe(["11111111-2222-3333-4444-555555555555", "11111111-2222-3333-4444-666666666666"]);
        workspace.Spool.Folders().First().Files().Select(file => file.Name).Order(StringComparer.Ordinal).ShouldBe(
            ["Ann1_Lee2_11111111-2222-3333-4444-555555555555.json", "hospitalInformation1.json", "practitionerInformation1.json"]);
    }

    [SkippableFact]
    public async Task Synthea_gets_the_options_and_a_new_seed_each_time_even_after_a_restart()
    {
        await Source(Works).NextAsync(default);
        var first = Arguments();
        await Source(Works, options =>
        {
            options.State = "Ohio";
            options.City = "New Albany";
            options.Sex = "F";
            options.Age = "40-60";
            options.YearsOfHistory = 3;
            options.Synthea.Arguments = "--generate.log_patients.detail none";
        }).NextAsync(default);

        first.ShouldStartWith($"-jar {Path.Combine(workspace.Root, "synthea.jar")} -p 1 -s 5 -cs 5 -r 20260101 -e 20260101 ");
        first.ShouldEndWith(" Massachusetts");
        first.ShouldContain("--exporter.fhir.use_us_core_ig=true");
        Arguments().ShouldContain(" -s 6 -cs 6 ");
        Arguments().ShouldContain("--exporter.years_of_history=3");
        Arguments().ShouldEndWith("-g F -a 40-60 --generate.log_patients.detail none Ohio New Albany");
    }

    [SkippableFact]
    public async Task A_slow_run_within_the_time_out_works()
        => (await Source("sleep 1\n" + Works, options => options.Synthea.Timeout = TimeSpan.FromSeconds(60)).NextAsync(default)).Count.ShouldBe(2);

    [SkippableFact]
    public async Task A_run_that_fails_says_with_what_and_shows_its_last_words()
    {
        var error = await Should.ThrowAsync<GeneratorException>(() => Source("echo 'java.lang.OutOfMemoryError' >&2\nexit 3").NextAsync(default));

        error.Code.ShouldBe("GEN003");
        error.Message.ShouldContain("ended with 3");
        error.Message.ShouldContain("java.lang.OutOfMemoryError");
        workspace.Spool.Folders().ShouldBeEmpty();
    }

    [SkippableFact]
    public async Task A_run_that_leaves_nothing_is_an_error()
        => (await Should.ThrowAsync<GeneratorException>(() => Source("echo done").NextAsync(default))).Code.ShouldBe("GEN004");

    [SkippableFact]
    public async Task A_run_that_hangs_is_ended_with_its_children_after_the_time_out()
    {
        var error = await Should.ThrowAsync<GeneratorException>(() => Source(
            "sleep 300 & echo $! > \"$(dirname \"$0\")/child\"\necho waiting\nwait", options => options.Synthea.Timeout = TimeSpan.FromSeconds(1)).NextAsync(default));

        error.Code.ShouldBe("GEN002");
        error.Message.ShouldContain("waiting");
        var child = int.Parse(File.ReadAllText(Path.Combine(workspace.Root, "child")));
        SpinWait.SpinUntil(() => !IsRunning(child), TimeSpan.FromSeconds(5)).ShouldBeTrue();
    }

    [SkippableFact]
    public async Task A_flood_of_output_neither_blocks_the_run_nor_is_kept()
    {
        // 200 MB without a line end, on two streams; kept, they would be 400 MB.
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var written = await Source("head -c 100000000 /dev/zero | tr '\\0' 'x'\nhead -c 100000000 /dev/zero | tr '\\0' 'y' >&2\n" + Works).NextAsync(default);

        written.Count.ShouldBe(2);
        (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(100_000_000);
    }

    [SkippableFact]
    public async Task A_program_that_is_not_there_is_named_with_the_key_that_mends_it()
    {
        var error = await Should.ThrowAsync<GeneratorException>(() => Source(Works, options => options.Synthea.Java = "/no/such/java").NextAsync(default));

        error.Code.ShouldBe("GEN001");
        error.Message.ShouldContain("Generator:Synthea:Java");
    }

    [SkippableFact]
    public async Task Cancelling_ends_the_child()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        var started = Stopwatch.StartNew();

        await Should.ThrowAsync<OperationCanceledException>(() => Source("sleep 300").NextAsync(stop.Token));

        started.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(30));
    }

    [SkippableFact]
    public async Task Nothing_of_a_run_is_left_in_the_temporary_folder()
    {
        await Should.ThrowAsync<GeneratorException>(() => Source("exit 1").NextAsync(default));
        await Source("pwd > \"$(dirname \"$0\")/pwd\"\n" + Works).NextAsync(default);

        Directory.Exists(File.ReadAllText(Path.Combine(workspace.Root, "pwd")).Trim()).ShouldBeFalse();
    }

    private static bool IsRunning(int id)
    {
        try
        {
            // A killed process that nobody has waited for yet is a zombie: it runs no more.
            using var process = Process.GetProcessById(id);
            return !process.HasExited && !(File.Exists($"/proc/{id}/stat") && File.ReadAllText($"/proc/{id}/stat").Contains(") Z ", StringComparison.Ordinal));
        }
        catch (Exception e) when (e is ArgumentException or IOException)
        {
            return false;
        }
    }

    private string Arguments() => File.ReadAllText(Path.Combine(workspace.Root, "arguments")).Trim();

    private SyntheaSource Source(string script, Action<GeneratorOptions>? change = null)
    {
        TestEnvironment.Require(!OperatingSystem.IsWindows(), "a POSIX shell");
        var program = Path.Combine(workspace.Root, "java");
        File.WriteAllText(program, "#!/bin/sh\n" + script.ReplaceLineEndings("\n") + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        var jar = Path.Combine(workspace.Root, "synthea.jar");
        File.WriteAllText(jar, "");
        var options = workspace.Options(GeneratorMode.Synthea);
        options.Synthea = new SyntheaOptions { Java = program, Jar = jar, Timeout = TimeSpan.FromMinutes(2) };
        change?.Invoke(options);
        return new SyntheaSource(options, workspace.Spool, new SlotPosition(options.PositionFile), workspace.Time, NullLogger<SyntheaSource>.Instance);
    }
}
