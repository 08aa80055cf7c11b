using FhirAspire.Simulation.Modules;
using FhirAspire.Simulation.Tests.Support;
using static FhirAspire.Simulation.Tests.Support.TinyRun;

namespace FhirAspire.Simulation.Tests.Semantics;

/// <summary>Sections 3 to 6: values, distributions, transitions, conditions, attributes, death.</summary>
public class LogicTests
{
    private static string Taken(string condition) => Of(Initial("I") + If("I", condition, "P1", "P2") + Mark("P1", "Terminal") + Mark("P2", "Terminal") + Terminal).Procedures.Single().Code.Value;

    [Theory]
    [Trait("Measured", "5 comparisons with what is missing")]
    [InlineData("!=", "'x'")]
    [InlineData("==", "false")]
    [InlineData("!=", "5")]
    [InlineData("<", "5")]
    [InlineData("<=", "5")]
    [InlineData(">", "5")]
    [InlineData(">=", "5")]
    [InlineData("is not nil", "null")]
    public void A_missing_attribute_makes_every_comparison_false(string comparison, string value)
        => Taken($"{{'condition_type': 'Attribute', 'attribute': 'missing', 'operator': '{comparison}', 'value': {value}}}").ShouldBe("P2");

    [Fact]
    public void Only_is_nil_is_true_of_a_missing_attribute()
        => Taken("{'condition_type': 'Attribute', 'attribute': 'missing', 'operator': 'is nil'}").ShouldBe("P1");

    [Fact]
    [Trait("Measured", "4 the last way of conditions")]
    public void When_no_condition_is_true_the_last_way_is_taken_even_though_its_condition_is_false()
    {
        const string no = "{'condition_type': 'False'}";
        var run = Of(Initial("I") + $"'I': {{'type': 'Simple', 'conditional_transition': [{{'condition': {no}, 'transition': 'P1'}}, {{'condition': {no}, 'transition': 'P2'}}]}}," + Mark("P1", "Terminal") + Mark("P2", "Terminal") + Terminal);

        run.Procedures.Single().Code.Value.ShouldBe("P2");
    }

    [Fact]
    [Trait("Measured", "4 what a distribution leaves over")]
    public void What_a_distribution_leaves_over_goes_to_the_last_way()
    {
        var run = Of(Initial("I") + "'I': {'type': 'Simple', 'distributed_transition': [{'distribution': 0, 'transition': 'P1'}, {'distribution': 0.0, 'transition': 'P2'}]}," + Mark("P1", "Terminal") + Mark("P2", "Terminal") + Terminal);

        run.Procedures.Single().Code.Value.ShouldBe("P2");
    }

    [Fact]
    [Trait("Measured", "4 named distributions")]
    [Trait("Measured", "4 a whole number in one, which real Synthea stops at")]
    public void A_named_distribution_is_the_attribute_if_it_is_there_and_else_the_default()
    {
        const string ways = "'I': {'type': 'Simple', 'distributed_transition': [{'distribution': {'attribute': 'p', 'default': 1}, 'transition': 'P1'}, {'distribution': 0, 'transition': 'P2'}]},";
        Of(Initial("I") + ways + Mark("P1", "Terminal") + Mark("P2", "Terminal") + Terminal).Procedures.Single().Code.Value.ShouldBe("P1");
        Of(Initial("S") + Set("S", "p", "0", "I") + ways + Mark("P1", "Terminal") + Mark("P2", "Terminal") + Terminal).Procedures.Single().Code.Value.ShouldBe("P2");
    }

    [Fact]
    [Trait("Measured", "3.3 numbers compare whatever their kind")]
    public void A_counter_counts_from_nothing_and_equals_a_whole_number()
    {
        var run = Of(Initial("C") + "'C': {'type': 'Counter', 'attribute': 'n', 'action': 'increment', 'direct_transition': 'I'},"
            + If("I", "{'condition_type': 'Attribute', 'attribute': 'n', 'operator': '==', 'value': 1}", "P1", "P2") + Mark("P1", "Terminal") + Mark("P2", "Terminal") + Terminal);

        run.Procedures.Single().Code.Value.ShouldBe("P1");
        run.Attribute("n").AsText().ShouldBe("1.0");
    }

    [Theory]
    [Trait("Measured", "3.3 lookup tables compare text")]
    [InlineData("'S': {'type': 'SetAttribute', 'attribute': 'n', 'value': 3, 'direct_transition': 'L'},", "P1")]
    [InlineData("'S': {'type': 'Counter', 'attribute': 'n', 'action': 'increment', 'amount': 3, 'direct_transition': 'L'},", "P2")]
    public void A_lookup_table_compares_text_so_that_a_whole_number_fits_and_a_counter_does_not(string state, string expected)
    {
        var run = Of(new Dictionary<string, string>
        {
            ["test_module"] = Initial("S") + state + "'L': {'type': 'Simple', 'lookup_table_transition': [{'transition': 'P1', 'default_probability': 0, 'lookup_table_name': 't.csv'}, {'transition': 'P2', 'default_probability': 1, 'lookup_table_name': 't.csv'}]},"
                + Mark("P1", "Terminal") + Mark("P2", "Terminal") + Terminal,
            ["lookup_tables/t.csv"] = "\uFEFFn,P1,P2\n3,1,0\n",
        });

        run.Procedures.Single().Code.Value.ShouldBe(expected);
    }

    [Theory]
    [Trait("Measured", "4 rows of lookup tables")]
    [InlineData(19, "P2")]
    [InlineData(20, "P1")]
    [InlineData(22, "P1")]
    [InlineData(23, "P2")]
    public void Ages_of_a_lookup_table_are_inclusive_and_what_fits_no_row_takes_the_default(int age, string expected)
    {
        var run = Of(new Dictionary<string, string>
        {
            ["test_module"] = Initial("D") + Guard("D", $"{{'condition_type': 'Age', 'operator': '>=', 'quantity': {age}, 'unit': 'years'}}", "L")
                + "'L': {'type': 'Simple', 'lookup_table_transition': [{'transition': 'P1', 'default_probability': 0, 'lookup_table_name': 't.csv'}, {'transition': 'P2', 'default_probability': 1, 'lookup_table_name': 't.csv'}]},"
                + Mark("P1", "Terminal") + Mark("P2", "Terminal") + Terminal,
            ["lookup_tables/t.csv"] = "age,time,P1,P2\n20-22,1950-01-01-2030-12-31,1,0\n",
        });

        run.Procedures.Single().Code.Value.ShouldBe(expected);
    }

    [Theory]
    [InlineData("{0}-{0}", "P1")]
    [InlineData("{-1}-{0}", "P1")]
    [InlineData("{1}-{2}", "P2")]
    [InlineData("{-2}-{-1}", "P2")]
    public void Times_of_a_lookup_table_include_the_whole_day_of_their_end(string days, string expected)
    {
        // The module comes by at birth, at some time of the day.
        var birth = SimTime.ToDateTimeOffset(Of(Initial("Terminal") + Terminal).Birth);
        var range = System.Text.RegularExpressions.Regex.Replace(days, @"\{(-?\d)\}", m => birth.AddDays(int.Parse(m.Groups[1].Value)).ToString("yyyy-MM-dd"));
        TakenByTable("time,P1,P2", range + ",1,0").ShouldBe(expected);
    }

    [Theory]
    [InlineData(0, 0, "P1")]
    [InlineData(-5, 0, "P1")]
    [InlineData(1, 5, "P2")]
    [InlineData(-5, -1, "P2")]
    public void Times_of_a_lookup_table_may_be_milliseconds(int from, int to, string expected)
    {
        var birth = Of(Initial("Terminal") + Terminal).Birth;
        TakenByTable("time,P1,P2", $"{birth + from}-{birth + to},1,0").ShouldBe(expected);
    }

    private static string TakenByTable(string header, string row) => Of(new Dictionary<string, string>
    {
        ["test_module"] = Initial("L") + "'L': {'type': 'Simple', 'lookup_table_transition': [{'transition': 'P1', 'default_probability': 0, 'lookup_table_name': 't.csv'}, {'transition': 'P2', 'default_probability': 1, 'lookup_table_name': 't.csv'}]},"
            + Mark("P1", "Terminal") + Mark("P2", "Terminal") + Terminal,
        ["lookup_tables/t.csv"] = $"{header}\n{row}\n",
    }).Procedures.Single().Code.Value;

    [Fact]
    [Trait("Measured", "5 race ignores case")]
    public void Race_ignores_case()
    {
        var race = Of(Initial("Terminal") + Terminal).Patient.Person.Race;

        Taken($"{{'condition_type': 'Race', 'race': '{race}'}}").ShouldBe("P1");
        Taken($"{{'condition_type': 'Race', 'race': '{race.ToUpperInvariant()}'}}").ShouldBe("P1");
        Taken("{'condition_type': 'Race', 'race': 'native'}").ShouldBe("P2");
    }

    [Fact]
    [Trait("Measured", "6 SetAttribute without a value")]
    public void A_set_attribute_without_a_value_removes_it()
    {
        Of(Initial("S") + Set("S", "a", "1", "R") + "'R': {'type': 'SetAttribute', 'attribute': 'a', 'direct_transition': 'Terminal'}," + Terminal).Attribute("a").Exists.ShouldBeFalse();
        Of(Initial("S") + Set("S", "a", "1", "R") + Set("R", "a", "null", "Terminal") + Terminal).Attribute("a").Exists.ShouldBeFalse();
        Of(Initial("S") + Set("S", "a", "1", "R") + "'R': {'type': 'SetAttribute', 'attribute': 'a', 'value_attribute': 'missing', 'direct_transition': 'Terminal'}," + Terminal).Attribute("a").Exists.ShouldBeFalse();
    }

    [Theory]
    [Trait("Measured", "3.2 GAUSSIAN is clamped")]
    [Trait("Measured", "3.2 EXPONENTIAL has one added")]
    [Trait("Measured", "3.2 TRIANGULAR")]
    [InlineData("{'kind': 'GAUSSIAN', 'parameters': {'mean': 0, 'standardDeviation': 1, 'min': -0.5, 'max': 0.5}}", -0.5, 0.5, -0.1, 0.1)]
    [InlineData("{'kind': 'EXPONENTIAL', 'parameters': {'mean': 10}}", 1, 1e9, 9.5, 12.5)]
    [InlineData("{'kind': 'TRIANGULAR', 'parameters': {'min': 0, 'mode': 0, 'max': 12}}", 0, 12, 3.6, 4.4)]
    [InlineData("{'kind': 'UNIFORM', 'parameters': {'low': 2, 'high': 4}}", 2, 4, 2.9, 3.1)]
    public void Distributions_keep_their_bounds_and_means(string distribution, double min, double max, double lowestMean, double highestMean)
    {
        var modules = new Dictionary<string, string> { ["test_module"] = Initial("S") + $"'S': {{'type': 'SetAttribute', 'attribute': 'x', 'distribution': {distribution}, 'direct_transition': 'Terminal'}}," + Terminal };
        var values = Many(modules, age: 0, seed: 5, "F", untilAlive: true, count: 600).Select(p => p.Attribute("x").Number).ToList();

        values.Min().ShouldBeGreaterThanOrEqualTo(min);
        values.Max().ShouldBeLessThanOrEqualTo(max);
        values.Average().ShouldBeInRange(lowestMean, highestMean);
        if (distribution.Contains("GAUSSIAN"))
        {
            values.Count(v => v is -0.5 or 0.5).ShouldBeInRange(310, 460, "clamped, not redrawn: 62 % lie on the edges");
        }
    }

    [Fact]
    [Trait("Measured", "6.2 order of deaths")]
    public void An_earlier_death_replaces_a_later_one_and_a_later_one_is_ignored()
    {
        static string Death(string name, int years, string code, string to) => $"'{name}': {{'type': 'Death', 'exact': {{'quantity': {years}, 'unit': 'years'}}, 'codes': [{Code(code)}], 'direct_transition': '{to}'}},";
        var run = Of(Initial("A") + Death("A", 5, "C5", "B") + Death("B", 9, "C9", "C") + Death("C", 4, "C4", "Terminal") + Terminal);

        run.Days(run.Patient.Person.Death).ShouldBe(1461);
        run.Patient.Person.CauseOfDeath!.Value.ShouldBe("C4");
    }

    [Fact]
    [Trait("Measured", "6.2 the certificate of death")]
    [Trait("Measured", "6.2 none without a cause")]
    public void A_death_with_a_cause_is_certified_at_the_first_step_after_it_and_one_without_is_not()
    {
        var known = Of(Initial("A") + $"'A': {{'type': 'Death', 'exact': {{'quantity': 100, 'unit': 'days'}}, 'codes': [{Code("C1")}], 'direct_transition': 'Terminal'}}," + Terminal);
        var certificate = known.Encounters[^1];
        certificate.Code.Value.ShouldBe("308646001");
        known.Days(certificate.Start).ShouldBe(105);
        certificate.Observations.Single().CodeValue.Value.ShouldBe("C1");
        certificate.Reports.Single().Code.Value.ShouldBe("69409-1");

        var unknown = Of(Initial("A") + "'A': {'type': 'Death', 'exact': {'quantity': 100, 'unit': 'days'}, 'direct_transition': 'Terminal'}," + Terminal);
        unknown.Encounters.ShouldNotContain(e => e.Code.Value == "308646001");
    }

    [Fact]
    [Trait("Measured", "6.2 open encounters end at death")]
    public void An_open_stay_ends_at_death_and_a_delay_beyond_it_never_passes()
    {
        var run = Of(Initial("V") + Visit("V", "E1", "A", "inpatient") + "'A': {'type': 'Death', 'exact': {'quantity': 10, 'unit': 'days'}, 'direct_transition': 'D'}," + Delay("D", 11, "days", "P1") + Mark("P1", "Terminal") + Terminal);

        (run.Days(run.Own[0].Stop) - run.Days(run.Own[0].Start)).ShouldBe(10);
        run.Procedures.ShouldBeEmpty();
    }

    [Fact]
    public void Different_kinds_of_values_cannot_be_compared()
    {
        Should.Throw<ModuleException>(() => Of(Initial("S") + Set("S", "a", "'text'", "I") + If("I", "{'condition_type': 'Attribute', 'attribute': 'a', 'operator': '<', 'value': 3}", "P1", "P1") + Mark("P1", "Terminal") + Terminal))
            .Message.ShouldContain("the text 'text'");
    }
}
