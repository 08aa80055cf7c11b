using System.Reflection;
using System.Text.RegularExpressions;
using FhirAspire.Tests;

namespace FhirAspire.Simulation.Tests.Semantics;

/// <summary>
/// What was measured in real Synthea is marked with [M] in the description of the module format. Each fact has a test here, which names it in a trait
/// "Measured": the section, then the fact. <c>dotnet test --list-tests --filter Measured~7.2</c> finds those of a section.
/// </summary>
public partial class MeasuredAuditTests
{
    [SkippableFact]
    public void Every_fact_that_was_measured_in_real_Synthea_has_a_test()
    {
        var marks = Marks(File.ReadAllLines(TestEnvironment.RequireShared("design/modules.md")));
        var tested = Facts().Select(fact => fact.Split(' ')[0]).GroupBy(section => section, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);

        marks.Values.Sum().ShouldBeGreaterThan(60);
        foreach (var (section, count) in marks)
        {
            tested.GetValueOrDefault(section).ShouldBeGreaterThanOrEqualTo(count, $"facts of section {section} that tests name");
        }
    }

    [Fact]
    public void No_two_tests_name_a_fact_in_the_same_words() => Facts().ShouldBeUnique();

    private static List<string> Facts() =>
    [
        .. typeof(MeasuredAuditTests).Assembly.GetTypes().SelectMany(type => type.GetMethods()).SelectMany(method => method.GetCustomAttributesData())
            .Where(data => data.AttributeType == typeof(TraitAttribute) && (string)data.ConstructorArguments[0].Value! == "Measured")
            .Select(data => (string)data.ConstructorArguments[1].Value!),
    ];

    /// <summary>Marks by section; what stands before the first section explains them.</summary>
    private static Dictionary<string, int> Marks(string[] lines)
    {
        var marks = new Dictionary<string, int>(StringComparer.Ordinal);
        string? section = null;
        foreach (var line in lines)
        {
            section = Heading().Match(line) is { Success: true } heading ? heading.Groups[1].Value : section;
            if (section is not null && Mark().Count(line) is > 0 and var count)
            {
                marks[section] = marks.GetValueOrDefault(section) + count;
            }
        }

        return marks;
    }

    [GeneratedRegex(@"^##+ (\d+(\.\d+)?) ")]
    private static partial Regex Heading();

    [GeneratedRegex(@"\[M[^\]]*\]")]
    private static partial Regex Mark();
}
