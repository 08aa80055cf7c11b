using System.ComponentModel.DataAnnotations;
using FhirAspire.Pipeline.Runs;

namespace FhirAspire.Generator.Tests;

public sealed class GeneratorOptionsTests : IDisposable
{
    private readonly Workspace workspace = new();

    public void Dispose() => workspace.Dispose();

    [Theory]
    [InlineData("40-60", 40, 60)]
    [InlineData("65", 65, 65)]
    [InlineData("0-140", 0, 140)]
    public void Ages_are_a_range_or_one_year(string age, int from, int to) => new GeneratorOptions { Age = age }.Ages().ShouldBe((from, to));

    [Theory]
    [InlineData("old")]
    [InlineData("60-40")]
    [InlineData("1-2-3")]
    [InlineData("-5")]
    [InlineData("20-141")]
    public void A_range_that_is_none_is_a_fault_of_its_key(string age)
        => FaultsOf(options => options.Age = age).ShouldContain(fault => fault.MemberNames.Contains("Age") && fault.ErrorMessage!.Contains($"'{age}'"));

    [Fact]
    public void Every_fault_is_reported_at_once()
    {
        var faults = FaultsOf(options =>
        {
            options.Modules = "own;/no/such/modules";
            options.SyntheaData = "/no/such/data.zip";
            options.PositionFile = "";
        });

        faults.SelectMany(fault => fault.MemberNames).ShouldBe(["Modules", "SyntheaData", "PositionFile"]);
        faults[0].ErrorMessage!.ShouldContain("/no/such/modules");
    }

    [Fact]
    public void A_jar_that_is_not_there_is_a_fault_of_the_mode_synthea_alone()
    {
        FaultsOf(options => options.Mode = GeneratorMode.Synthea).ShouldContain(fault => fault.ErrorMessage!.Contains("Synthea:Jar"));
        FaultsOf(_ => { }).ShouldBeEmpty();
    }

    [Fact]
    public void Numbers_are_taken_once_for_each_seed_whoever_asks()
    {
        var path = Path.Combine(workspace.Root, "position.json");
        var taken = new List<long>();
        for (var i = 0; i < 3; i++)
        {
            var position = new SlotPosition(path);
            taken.Add(position.Take(1));
            taken.Add(position.Take(1));
        }

        taken.ShouldBe([0, 1, 2, 3, 4, 5]);
        new SlotPosition(path).Take(ulong.MaxValue).ShouldBe(0);
        new SlotPosition(path).Take(1).ShouldBe(6);
    }

    [Fact]
    public async Task Generators_that_share_the_history_never_get_the_same_number()
    {
        var store = new RunStore(new RunStoreOptions { ConnectionString = Path.Combine(workspace.Root, "history.db") }, TimeProvider.System);
        await store.PrepareAsync();
        var taken = new List<long>();
        var generators = Enumerable.Range(0, 3).Select(i => new SharedNumbers(store, $"machine-{i}:1:1", TimeProvider.System)).ToArray();
        for (var i = 0; i < SharedNumbers.BlockSize + 10; i++)
        {
            foreach (var generator in generators)
            {
                taken.Add(await generator.TakeAsync(1, default));
            }
        }

        taken[0].ShouldBe(0);
        taken.Distinct().Count().ShouldBe(taken.Count);
        (await generators[0].TakeAsync(2, default)).ShouldBe(0);
        // A later process begins with a block of its own.
        taken.ShouldNotContain(await new SharedNumbers(store, "machine-0:2:2", TimeProvider.System).TakeAsync(1, default));
    }

    [Fact]
    public void A_broken_position_is_an_error_and_not_a_new_beginning()
    {
        var path = Path.Combine(workspace.Root, "position.json");
        File.WriteAllText(path, "{\"1\":");

        Should.Throw<GeneratorException>(() => new SlotPosition(path).Take(1)).Code.ShouldBe("GEN005");
    }

    [Fact]
    public void Many_who_share_a_position_never_get_the_same_number()
    {
        var path = Path.Combine(workspace.Root, "position.json");
        var taken = new System.Collections.Concurrent.ConcurrentBag<long>();

        // Each has an object of its own, as processes have: only the lock of the file stands between them.
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            var position = new SlotPosition(path);
            for (var i = 0; i < 10; i++)
            {
                taken.Add(position.Take(1));
            }
        });

        taken.Order().ShouldBe(Enumerable.Range(0, 80).Select(i => (long)i));
    }

    [Fact]
    public void A_position_that_somebody_else_holds_is_an_error_after_a_while()
    {
        var path = Path.Combine(workspace.Root, "position.json");
        using var held = new FileStream(path + ".lock", FileMode.Create, FileAccess.ReadWrite, FileShare.None);

        Should.Throw<GeneratorException>(() => new SlotPosition(path, TimeSpan.FromMilliseconds(50)).Take(1)).Code.ShouldBe("GEN006");
    }

    private List<ValidationResult> FaultsOf(Action<GeneratorOptions> change)
    {
        var options = workspace.Options(GeneratorMode.Simulate);
        change(options);
        return [.. options.Validate(new ValidationContext(options))];
    }
}
