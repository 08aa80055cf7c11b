using FhirAspire.Simulation.Modules;
using FhirAspire.Simulation.Record;
using FhirAspire.Simulation.Tests.Support;
using static FhirAspire.Simulation.Tests.Support.TinyRun;

namespace FhirAspire.Simulation.Tests.Semantics;

/// <summary>Constructs of the format that the other tests of this folder have no need of (modules.md 4 to 6).</summary>
public class ConstructTests
{
    private const string Yes = "{'condition_type': 'True'}";

    private const string No = "{'condition_type': 'False'}";

    private const string Marks = "'P1': {'type': 'Procedure', 'codes': [{'system': 'S', 'code': 'P1', 'display': 'x'}], 'direct_transition': 'Terminal'},"
        + "'P2': {'type': 'Procedure', 'codes': [{'system': 'S', 'code': 'P2', 'display': 'x'}], 'direct_transition': 'Terminal'}," + Terminal;

    /// <summary>Whether a condition is true after states that begin with 'S' and lead to 'I'.</summary>
    private static bool Holds(string condition, string states = "'S': {'type': 'Simple', 'direct_transition': 'I'},", string gender = "F")
        => Of(Initial("S") + states + If("I", condition, "P1", "P2") + Marks, gender: gender).Procedures.Single(p => p.Code.Value is "P1" or "P2").Code.Value == "P1";

    private static string State(string name, string type, string fields, string to) => $"'{name}': {{'type': '{type}', {fields} 'direct_transition': '{to}'}},";

    private static string Codes(string code) => $"'codes': [{Code(code)}],";

    [Theory]
    [InlineData("And", Yes + "," + Yes, true)]
    [InlineData("And", Yes + "," + No, false)]
    [InlineData("Or", No + "," + Yes, true)]
    [InlineData("Or", No + "," + No, false)]
    public void And_needs_all_and_or_needs_one(string type, string conditions, bool expected)
        => Holds($"{{'condition_type': '{type}', 'conditions': [{conditions}]}}").ShouldBe(expected);

    [Theory]
    [InlineData("At Least", "minimum", 2, true)]
    [InlineData("At Least", "minimum", 3, false)]
    [InlineData("At Most", "maximum", 2, true)]
    [InlineData("At Most", "maximum", 1, false)]
    public void At_least_and_at_most_count_what_is_true(string type, string limit, int number, bool expected)
        => Holds($"{{'condition_type': '{type}', '{limit}': {number}, 'conditions': [{Yes}, {No}, {Yes}]}}").ShouldBe(expected);

    [Fact]
    public void Not_turns_a_condition_around()
    {
        Holds($"{{'condition_type': 'Not', 'condition': {No}}}").ShouldBeTrue();
        Holds($"{{'condition_type': 'Not', 'condition': {Yes}}}").ShouldBeFalse();
    }

    [Theory]
    [InlineData("F", true)]
    [InlineData("M", false)]
    public void Gender_is_that_of_the_person(string gender, bool expected) => Holds("{'condition_type': 'Gender', 'gender': 'F'}", gender: gender).ShouldBe(expected);

    [Fact]
    public void Dates_are_years_months_or_instants()
    {
        // Everything happens at birth here.
        var birth = SimTime.ToDateTimeOffset(Of(Initial("Terminal") + Terminal).Birth);
        Holds($"{{'condition_type': 'Date', 'operator': '==', 'year': {birth.Year}}}").ShouldBeTrue();
        Holds($"{{'condition_type': 'Date', 'operator': '<', 'year': {birth.Year}}}").ShouldBeFalse();
        Holds($"{{'condition_type': 'Date', 'operator': '==', 'month': {birth.Month}}}").ShouldBeTrue();
        Holds($"{{'condition_type': 'Date', 'operator': '!=', 'month': {birth.Month}}}").ShouldBeFalse();
        static string At(DateTimeOffset t) => $"'date': {{'year': {t.Year}, 'month': {t.Month}, 'day': {t.Day}, 'hour': {t.Hour}, 'minute': {t.Minute}, 'second': {t.Second}, 'millisecond': {t.Millisecond}}}";
        Holds($"{{'condition_type': 'Date', 'operator': '>=', {At(birth)}}}").ShouldBeTrue();
        Holds($"{{'condition_type': 'Date', 'operator': '>=', {At(birth.AddMilliseconds(1))}}}").ShouldBeFalse();
    }

    [Fact]
    public void The_socioeconomic_status_is_one_of_three()
    {
        var category = Of(Initial("Terminal") + Terminal).Patient.Person.SocioeconomicCategory;
        foreach (var name in new[] { "Low", "Middle", "High" })
        {
            Holds($"{{'condition_type': 'Socioeconomic Status', 'category': '{name}'}}").ShouldBe(name == category);
        }
    }

    [Theory]
    [InlineData("==", 3, true)]
    [InlineData("!=", 3, false)]
    [InlineData(">", 2, true)]
    [InlineData(">=", 3, true)]
    [InlineData("<", 3, false)]
    [InlineData("<=", 3, true)]
    public void Attributes_compare_as_numbers(string comparison, int value, bool expected)
        => Holds($"{{'condition_type': 'Attribute', 'attribute': 'a', 'operator': '{comparison}', 'value': {value}}}", Set("S", "a", "3", "I")).ShouldBe(expected);

    [Fact]
    public void A_symptom_has_its_value_until_it_is_set_to_nothing()
    {
        static string Symptom(string name, int value, string to, string more = "") => State(name, "Symptom", $"'symptom': 'pain', {more} 'exact': {{'quantity': {value}}},", to);
        const string strong = "{'condition_type': 'Symptom', 'symptom': 'pain', 'operator': '>=', 'value': 40}";
        Holds(strong).ShouldBeFalse("none is 0");
        Holds(strong, Symptom("S", 40, "I")).ShouldBeTrue();
        Holds(strong, Symptom("S", 40, "S2") + Symptom("S2", 0, "I")).ShouldBeFalse();
        Holds(strong, Symptom("S", 40, "I", "'probability': 0,")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("AllergyOnset", "'allergy_type': 'allergy', 'category': 'food',", "Active Allergy", "AllergyEnd")]
    [InlineData("CarePlanStart", "", "Active CarePlan", "CarePlanEnd")]
    [InlineData("MedicationOrder", "", "Active Medication", "MedicationEnd")]
    [InlineData("ConditionOnset", "", "Active Condition", "ConditionEnd")]
    public void What_has_begun_is_active_by_code_and_by_attribute_until_it_ends(string start, string fields, string condition, string end)
    {
        var begin = State("S", start, Codes("X1") + fields + "'assign_to_attribute': 'it',", "{0}");
        var byCode = $"{{'condition_type': '{condition}', 'codes': [{Code("X1")}]}}";
        var byAttribute = $"{{'condition_type': '{condition}', 'referenced_by_attribute': 'it'}}";
        Holds(byCode).ShouldBeFalse();
        foreach (var active in new[] { byCode, byAttribute })
        {
            Holds(active, begin.Replace("{0}", "I")).ShouldBeTrue(active);
            Holds(active, begin.Replace("{0}", "E") + State("E", end, "'referenced_by_attribute': 'it',", "I")).ShouldBeFalse(active);
        }
    }

    [Fact]
    public void A_vital_sign_is_its_present_value()
        => Holds("{'condition_type': 'Vital Sign', 'vital_sign': 'left ventricular ejection fraction', 'operator': '==', 'value': 35}",
            State("S", "VitalSign", "'vital_sign': 'Left ventricular Ejection fraction', 'unit': '%', 'exact': {'quantity': 35},", "I")).ShouldBeTrue("names are of any case");

    [Fact]
    public void A_complex_transition_takes_the_first_true_way_and_its_distribution()
    {
        static string Way(string first, string second) => Of(Initial("I") + $"'I': {{'type': 'Simple', 'complex_transition': [{first}, {second}]}}," + Marks).Procedures.Single().Code.Value;
        const string p1 = "'distributions': [{'transition': 'P1', 'distribution': 1}, {'transition': 'P2', 'distribution': 0}]";
        Way($"{{'condition': {Yes}, {p1}}}", "{'transition': 'P2'}").ShouldBe("P1");
        Way($"{{'condition': {No}, {p1}}}", "{'transition': 'P2'}").ShouldBe("P2");
        Way($"{{'condition': {No}, 'transition': 'P2'}}", $"{{'condition': {No}, {p1}}}").ShouldBe("P1", "the last one when none is true");
    }

    [Theory]
    [InlineData("0", 0.75, 0.25, 0)]
    [InlineData("27", 0.56, 0.20, 0.24)]
    public void The_type_of_care_is_by_chance_with_telemedicine_from_2020(string years, double ambulatory, double emergency, double telemedicine)
    {
        var modules = new Dictionary<string, string>
        {
            ["m"] = Initial("D") + Delay("D", double.Parse(years), "years", "I") + "'I': {'type': 'Simple', 'type_of_care_transition': {'ambulatory': 'P1', 'emergency': 'P2', 'telemedicine': 'P3'}}," + Mark("P3", "Terminal") + Marks,
        };
        var taken = Many(modules, 30, 8, "F", untilAlive: true, count: 300).Select(p => p.Record.Encounters.SelectMany(e => e.Procedures.ToArray()).Single().Code.Value).ToList();

        // Who has public or no insurance goes to the emergency department more often before 2020: 35 %.
        (taken.Count(t => t == "P1") / 300.0).ShouldBeInRange(ambulatory - 0.17, ambulatory + 0.08);
        (taken.Count(t => t == "P2") / 300.0).ShouldBeInRange(emergency - 0.08, emergency + 0.17);
        (taken.Count(t => t == "P3") / 300.0).ShouldBeInRange(telemedicine - 0.08, telemedicine + 0.08);
        (telemedicine > 0 || !taken.Contains("P3")).ShouldBeTrue();
    }

    [Fact]
    public void Attributes_take_numbers_codes_other_attributes_and_rounded_draws()
    {
        var run = Of(Initial("A") + State("A", "SetAttribute", "'attribute': 'range', 'range': {'low': 2, 'high': 2},", "B")
            + State("B", "SetAttribute", "'attribute': 'round', 'distribution': {'kind': 'EXACT', 'parameters': {'value': 2.6}, 'round': true},", "C")
            + State("C", "SetAttribute", "'attribute': 'draw', 'distribution': {'kind': 'EXACT', 'parameters': {'value': 2.6}},", "D")
            + State("D", "SetAttribute", $"'attribute': 'code', 'value_code': {Code("C1")},", "E") + State("E", "SetAttribute", "'attribute': 'copy', 'value_attribute': 'draw',", "F")
            + State("F", "Counter", "'attribute': 'draw', 'action': 'decrement', 'amount': 0.6,", "Terminal") + Terminal);

        run.Attribute("range").Number.ShouldBe(2);
        run.Attribute("round").AsText().ShouldBe("3");
        run.Attribute("copy").Number.ShouldBe(2.6);
        run.Attribute("draw").Number.ShouldBe(2);
        run.Attribute("code").Exists.ShouldBeTrue();
    }

    [Fact]
    public void An_allergy_has_each_reaction_of_a_severity_that_is_drawn_and_none_leaves_it_out()
    {
        static string Reaction(string code, string level) => $"{{'reaction': {Code(code)}, 'possible_severities': [{{'level': '{level}', 'value': 1}}]}}";
        var run = Of(Initial("A") + State("A", "AllergyOnset", Codes("X1") + $"'allergy_type': 'intolerance', 'category': 'medication', 'reactions': [{Reaction("R1", "severe")}, {Reaction("R2", "mild")}, {Reaction("R3", "none")}],", "Terminal") + Terminal);

        var allergy = run.Encounters.SelectMany(e => e.Allergies.ToArray()).Single();
        (allergy.AllergyType, allergy.Category).ShouldBe(("intolerance", "medication"));
        allergy.Reactions.Select(r => (r.Code.Value, r.Severity)).ShouldBe([("R1", ReactionSeverity.Severe), ("R2", ReactionSeverity.Mild)]);
    }

    [Fact]
    public void A_care_plan_has_activities_and_goals()
    {
        var run = Of(Initial("A") + State("A", "CarePlanStart", Codes("X1") + $"'activities': [{Code("A1")}, {Code("A2")}], 'goals': [{{'text': 'be well', 'addresses': ['A']}}, {{'observation': {{{Codes("O1")} 'operator': '<', 'value': 7}}, 'addresses': ['A']}}],", "Terminal") + Terminal);

        var plan = run.Encounters.SelectMany(e => e.CarePlans.ToArray()).Single();
        plan.Activities.Select(a => a.Value).ShouldBe(["A1", "A2"]);
        plan.Goals[0].Text.ShouldBe("be well");
        (plan.Goals[1].Observation!.Value, plan.Goals[1].Operator, plan.Goals[1].Value).ShouldBe(("O1", "<", 7));
    }

    [Fact]
    public void A_supply_list_gives_each_supply_with_its_quantity_and_a_vaccine_an_immunization()
    {
        var run = Of(Initial("A") + State("A", "SupplyList", $"'supplies': [{{'quantity': 2, 'code': {Code("S1")}}}, {{'quantity': 5, 'code': {Code("S2")}}}],", "B") + State("B", "Vaccine", Codes("V1") + "'series': 1,", "Terminal") + Terminal);

        run.Encounters.SelectMany(e => e.Supplies.ToArray()).Select(s => (s.Code.Value, s.Quantity)).ShouldBe([("S1", 2), ("S2", 5)]);
        run.Encounters.SelectMany(e => e.Immunizations.ToArray()).ShouldContain(i => i.Code.Value == "V1");
    }

    [Fact]
    public void A_study_repeats_its_first_instance_as_often_as_is_drawn()
    {
        var run = Of(Initial("S") + State("S", "ImagingStudy", $"'procedure_code': {Code("P9")}, 'series': [{{'body_site': {Code("B")}, 'modality': {Code("M")}, 'min_number_instances': 3, 'max_number_instances': 3, 'instances': [{{'title': 't', 'sop_class': {Code("S")}}}]}}],", "Terminal") + Terminal);

        run.Encounters.SelectMany(e => e.ImagingStudies.ToArray()).Single().Series.Single().Instances.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData("'referenced_by_attribute': 'illness',")]
    [InlineData("'condition_onset': 'S',")]
    [InlineData("'codes': [{'system': 'SNOMED-CT', 'code': 'C1', 'display': 'C1'}],")]
    public void A_death_takes_its_cause_from_an_attribute_an_onset_or_codes(string cause)
        => Of(Initial("S") + Onset("S", "C1", "D", "'assign_to_attribute': 'illness',") + State("D", "Death", cause + "'range': {'low': 10, 'high': 20, 'unit': 'days'},", "Terminal") + Terminal)
            .Patient.Person.CauseOfDeath!.Value.ShouldBe("C1");

    [Fact]
    public void An_encounter_that_is_always_telemedicine_is_virtual_and_its_end_has_the_disposition()
    {
        var run = Of(Initial("D") + Delay("D", 100, "days", "V") + State("V", "Encounter", "'encounter_class': 'ambulatory', 'telemedicine_possibility': 'always'," + Codes("E1"), "End")
            + State("End", "EncounterEnd", $"'discharge_disposition': {Code("Home")},", "Terminal") + Terminal);

        run.Own.Single().Class.ShouldBe(EncounterClass.Virtual);
        run.Own.Single().Discharge!.Value.ShouldBe("Home");
    }

    [Fact]
    public void A_physiology_state_goes_the_alternative_way()
        => Of(Initial("S") + "'S': {'type': 'Physiology', 'model': 'x', 'alt_direct_transition': 'P1', 'direct_transition': 'P2'}," + Marks).Procedures.Single().Code.Value.ShouldBe("P1");

    [Theory]
    [InlineData("'expression': '1 + 1',")]
    [InlineData("'series_data': 'x',")]
    public void Expressions_that_no_module_of_Synthea_uses_are_refused_instead_of_ignored(string field)
        => ModuleLoader.Check(TinyRun.Files(new() { ["m"] = Initial("S") + State("S", "SetAttribute", "'attribute': 'a'," + field, "Terminal") + Terminal })).ShouldHaveSingleItem().Expected.ShouldContain("not supported");
}
