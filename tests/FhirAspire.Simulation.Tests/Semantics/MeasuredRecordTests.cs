using FhirAspire.Simulation.Csv;
using FhirAspire.Simulation.Record;
using FhirAspire.Simulation.Tests.Support;
using static FhirAspire.Simulation.Tests.Support.TinyRun;

namespace FhirAspire.Simulation.Tests.Semantics;

/// <summary>Facts that were measured in real Synthea, of records, tables and what is exported (modules.md 2.6, 6, 7, 9 and 10).</summary>
public class MeasuredRecordTests
{
    private static string State(string name, string type, string fields, string to) => $"'{name}': {{'type': '{type}', {fields} 'direct_transition': '{to}'}},";

    private static string Codes(string code) => $"'codes': [{Code(code)}],";

    public static TheoryData<string, string, string, string> Starts => new()
    {
        { "ConditionOnset", "", "ConditionEnd", "condition_onset" },
        { "MedicationOrder", "", "MedicationEnd", "medication_order" },
        { "CarePlanStart", "", "CarePlanEnd", "careplan" },
        { "AllergyOnset", "'allergy_type': 'allergy', 'category': 'food',", "AllergyEnd", "allergy_onset" },
    };

    private static List<Entry> Entries(TinyRun run, string code) => [.. run.Encounters
        .SelectMany(e => e.Conditions.ToArray().Cast<Entry>().Concat(e.Medications.ToArray()).Concat(e.CarePlans.ToArray()).Concat(e.Allergies.ToArray()))
        .Where(e => e.Code.Value == code)];

    [Theory]
    [Trait("Measured", "7.1 what is present starts no second row")]
    [Trait("Measured", "7.1 the end by the first name finds nothing")]
    [MemberData(nameof(Starts))]
    public void What_is_present_starts_no_second_row_and_its_end_by_the_first_name_finds_nothing(string start, string fields, string end, string by)
    {
        var starts = Initial("A") + State("A", start, Codes("X1") + fields, "B") + State("B", start, Codes("X1") + fields, "D") + Delay("D", 10, "days", "X");

        Entries(Of(starts + State("X", end, $"'{by}': 'A',", "Terminal") + Terminal), "X1").ShouldHaveSingleItem().IsOpen.ShouldBeTrue();
        Entries(Of(starts + State("X", end, $"'{by}': 'B',", "Terminal") + Terminal), "X1").ShouldHaveSingleItem().IsOpen.ShouldBeFalse();
    }

    [Theory]
    [Trait("Measured", "6 ConditionEnd by a missing attribute")]
    [InlineData("ConditionEnd")]
    [InlineData("DeviceEnd")]
    public void An_end_by_a_missing_attribute_does_nothing(string end)
        => Of(Initial("X") + State("X", end, "'referenced_by_attribute': 'nothing',", "P1") + Mark("P1", "Terminal") + Terminal).Procedures.ShouldHaveSingleItem();

    [Fact]
    [Trait("Measured", "7.3 onsets in loops")]
    public void Onsets_in_a_loop_are_recorded_back_to_the_previous_encounter_of_that_name()
    {
        // Two onsets, the visit, another onset, the visit again: each visit records what has come since the one before.
        var run = Of(Initial("A") + Onset("A", "C1", "B", "'target_encounter': 'V',") + Onset("B", "C2", "V", "'target_encounter': 'V',")
            + Visit("V", "E1", "End") + End("End", "D") + Delay("D", 21, "days", "I")
            + If("I", "{'condition_type': 'PriorState', 'name': 'C'}", "Terminal", "C") + Onset("C", "C3", "V", "'target_encounter': 'V',") + Terminal);

        run.Own.Count.ShouldBe(2);
        run.Own[0].Conditions.ToArray().Select(c => c.Code.Value).Order().ShouldBe(["C1", "C2"]);
        run.Own[1].Conditions.ToArray().Select(c => c.Code.Value).ShouldBe(["C3"]);
    }

    [Fact]
    [Trait("Measured", "2.6 what would end after death")]
    public void A_procedure_that_would_end_after_death_never_passes()
    {
        var run = Of(Initial("A") + State("A", "Death", "'exact': {'quantity': 10, 'unit': 'days'},", "P1")
            + State("P1", "Procedure", Codes("P1") + "'duration': {'low': 11, 'high': 11, 'unit': 'days'},", "P2") + Mark("P2", "Terminal") + Terminal);

        run.Procedures.Select(p => p.Code.Value).ShouldBe(["P1"]);
    }

    [Theory]
    [InlineData(21, 0)]
    [InlineData(14, 1)]
    public void A_procedure_that_ends_at_the_instant_of_death_never_passes(int days, int after)
    {
        var run = Of(Initial("A") + State("A", "Death", "'exact': {'quantity': 21, 'unit': 'days'},", "P1")
            + State("P1", "Procedure", Codes("P1") + $"'duration': {{'low': {days}, 'high': {days}, 'unit': 'days'}},", "P2") + Mark("P2", "Terminal") + Terminal);

        run.Procedures.Count(p => p.Code.Value == "P2").ShouldBe(after);
    }

    [Fact]
    [Trait("Measured", "2.6 what would end at death")]
    public void A_delay_that_ends_at_the_instant_of_death_never_passes()
    {
        var run = Of(Initial("A") + State("A", "Death", "'exact': {'quantity': 14, 'unit': 'days'},", "D") + Delay("D", 14, "days", "P1") + Mark("P1", "Terminal") + Terminal);

        run.Procedures.ShouldBeEmpty();
    }

    [Fact]
    public void The_death_certificate_is_a_wellness_encounter_with_the_cause_as_text()
    {
        var run = Of(Initial("A") + State("A", "Death", Codes("C1") + "'exact': {'quantity': 100, 'unit': 'days'},", "Terminal") + Terminal);

        var certificate = run.Encounters[^1];
        certificate.Class.ShouldBe(EncounterClass.Wellness);
        certificate.Observations.Single().Code.Value.ShouldBe("69453-9");
        Row(run, "observations", "69453-9").ShouldContain(",C1,", customMessage: "the cause stands as text");
    }

    [Fact]
    [Trait("Measured", "7.2 stops after the next start")]
    public void A_recorded_stop_may_lie_after_the_next_start()
    {
        var run = Of(Initial("D") + Delay("D", 100, "days", "V1") + Visit("V1", "E1", "End1", "inpatient") + End("End1", "D2") + Delay("D2", 1, "hours", "V2")
            + Visit("V2", "E2", "End2") + End("End2", "Terminal") + Terminal);

        run.Own[0].Stop.ShouldBeGreaterThan(run.Own[1].Start, "a stay lasts a day at least");
    }

    [Theory]
    [Trait("Measured", "7.2 stops by what is filed")]
    [InlineData("Observation", "'category': 'exam', 'unit': 'kg', 'exact': {'quantity': 1},")]
    [InlineData("SupplyList", "'supplies': [{'quantity': 1, 'code': {'system': 'SNOMED-CT', 'code': '7', 'display': 'x'}}],")]
    [InlineData("Vaccine", "")]
    [InlineData("DiagnosticReport", "'observations': [{'category': 'exam', 'unit': 'kg', 'exact': {'quantity': 1}, 'codes': [{'system': 'LOINC', 'code': '8', 'display': 'x'}]}],")]
    public void What_is_filed_in_an_encounter_after_its_default_length_moves_its_stop(string type, string fields)
    {
        var run = Of(Initial("D") + Delay("D", 100, "days", "V") + Visit("V", "E1", "D2") + Delay("D2", 2, "hours", "X") + State("X", type, Codes("X1") + fields, "End") + End("End", "Terminal") + Terminal);

        (run.Own[0].Stop - run.Own[0].Start).ShouldBe(2 * SimTime.Hour);
    }

    [Fact]
    public void A_study_moves_the_stop_of_its_encounter_by_the_half_hour_of_its_procedure()
    {
        var run = Of(Initial("D") + Delay("D", 100, "days", "V") + Visit("V", "E1", "X") + State("X", "ImagingStudy",
            $"'procedure_code': {Code("P1")}, 'series': [{{'body_site': {Code("B")}, 'modality': {Code("M")}, 'instances': [{{'title': 't', 'sop_class': {Code("S")}}}]}}],", "End") + End("End", "Terminal") + Terminal);

        (run.Own[0].Stop - run.Own[0].Start).ShouldBe(30 * SimTime.Minute);
    }

    [Fact]
    public void An_encounter_that_a_submodule_opens_is_the_callers()
    {
        // The caller's next encounter closes it, though the submodule has opened it.
        var run = Of(new Dictionary<string, string>
        {
            ["test_module"] = Initial("C") + "'C': {'type': 'CallSubmodule', 'submodule': 'sub/s', 'direct_transition': 'D'}," + Delay("D", 20, "days", "V2") + Visit("V2", "E2", "End") + End("End", "Terminal") + Terminal,
            ["sub/s"] = Initial("V") + Visit("V", "E1", "Terminal") + Terminal,
        });

        run.Own.Select(e => e.Code.Value).ShouldBe(["E1", "E2"]);
        (run.Own[0].Stop - run.Own[0].Start).ShouldBe(20 * SimTime.Day);
    }

    [Theory]
    [Trait("Measured", "7.5 dispenses")]
    [InlineData("'prescription': {'refills': 3},", 0)]
    [InlineData("'prescription': {'dosage': {'amount': 1, 'frequency': 1, 'period': 1, 'unit': 'days'}, 'duration': {'quantity': 10, 'unit': 'days'}},", 10)]
    [InlineData("", 30)]
    public void Dispenses_are_the_refills_or_the_length_by_the_duration_and_open_orders_run_to_the_end(string prescription, int days)
    {
        var run = Of(Initial("D") + Delay("D", 120, "days", "M") + State("M", "MedicationOrder", Codes("M1") + prescription, "Terminal") + Terminal, age: 1);
        var medication = run.Medications.Single();
        var expected = days == 0 ? 3 : (run.Patient.AsOf - medication.Start) / (days * SimTime.Day);

        Row(run, "medications", "M1").Split(',')[9].ShouldBe(expected.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData(10, "3")]
    [InlineData(45, "1")]
    [InlineData(29, "1")]
    public void An_order_that_has_ended_is_dispensed_by_its_length_and_once_at_least(int duration, string expected)
    {
        var prescription = $"'prescription': {{'dosage': {{'amount': 1, 'frequency': 1, 'period': 1, 'unit': 'days'}}, 'duration': {{'quantity': {duration}, 'unit': 'days'}}}},";
        var run = Of(Initial("D") + Delay("D", 120, "days", "M") + State("M", "MedicationOrder", Codes("M1") + prescription, "D2") + Delay("D2", 30, "days", "X")
            + State("X", "MedicationEnd", Codes("M1"), "Terminal") + Terminal, age: 1);

        Row(run, "medications", "M1").Split(',')[9].ShouldBe(expected);
    }

    [Fact]
    [Trait("Measured", "7.6 rows of observations")]
    public void Components_are_rows_and_their_parent_is_none_and_a_coded_value_is_its_display()
    {
        var run = Of(Initial("O") + State("O", "MultiObservation", Codes("O0")
            + $"'category': 'survey', 'observations': [{{'category': 'survey', 'unit': '1', {Codes("O1")} 'exact': {{'quantity': 2}}}}, {{'category': 'survey', 'unit': '', {Codes("O2")} 'value_code': {{'system': 'LOINC', 'code': 'L', 'display': 'the display'}}}}],", "N")
            + State("N", "Observation", Codes("O3") + "'category': 'survey', 'unit': '1', 'attribute': 'missing',", "Terminal") + Terminal);
        var rows = Table(run, "observations");

        rows.ShouldNotContain(r => r.Contains(",O0,"));
        rows.ShouldNotContain(r => r.Contains(",O3,"), "without a value there is no row");
        rows.Single(r => r.Contains(",O1,")).ShouldContain(",2.0,1,numeric");
        rows.Single(r => r.Contains(",O2,")).ShouldContain(",the display,");
    }

    [Fact]
    [Trait("Measured", "9.7 claims")]
    public void There_is_a_claim_for_each_encounter_and_each_row_of_a_medication()
    {
        var run = Of(new Dictionary<string, string>
        {
            ["a"] = Initial("M1") + State("M1", "MedicationOrder", Codes("M1") + "'chronic': true,", "M2") + State("M2", "MedicationOrder", Codes("M2") + "'administration': true,", "Terminal") + Terminal,
            ["w"] = Initial("W") + Wellness("W", "End") + End("End", "W") + Terminal,
        });

        Table(run, "claims").Length.ShouldBe(run.Encounters.Count + run.Medications.Count);
    }

    [Fact]
    [Trait("Measured", "9.3 a run without modules")]
    public void Without_modules_there_are_wellness_visits_immunizations_and_vaccinations_against_COVID_19_and_nothing_else()
    {
        var run = Of(Initial("Terminal") + Terminal, age: 50);

        run.Encounters.Select(e => e.Code.Value).Distinct().Order().ShouldBe(new[] { "162673000", "33879002", "410620009" }.Where(c => run.Encounters.Any(e => e.Code.Value == c)));
        run.Encounters.ShouldContain(e => e.Immunizations.Count > 0);
        run.Encounters.Sum(e => e.Conditions.Count + e.Medications.Count + e.Procedures.Count + e.Observations.Count + e.Devices.Count + e.Supplies.Count + e.Reports.Count + e.CarePlans.Count).ShouldBe(0);
    }

    [Fact]
    [Trait("Measured", "9.5 quality of life")]
    public void Quality_of_life_is_written_every_year_from_the_year_of_birth_without_an_encounter()
    {
        var run = Of(Initial("Terminal") + Terminal, age: 3);
        var rows = Table(run, "observations").Where(r => r.Contains(",QALY,")).ToList();

        rows.Count.ShouldBe(run.Patient.Record.QualityOfLife.Count / 3);
        rows[0].Split(',')[2].ShouldBe("", "no encounter");
        rows[0].Split(',')[0][..10].ShouldBe(SimTime.ToDateTimeOffset(run.Birth).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture), "the first is of the day of birth");
        rows.Select(r => r.Split(',')[6]).ShouldBe(["0.0", "0.0", "1.0", "2.0"], "in January of a year the age is that of the birthday before");
    }

    [Theory]
    [InlineData("'exact': {'quantity': 90, 'unit': 'days'}", false)]
    [InlineData("'exact': {'quantity': 400, 'unit': 'days'}", true)]
    public void What_ends_before_the_next_birthday_costs_no_quality_of_life(string lasting, bool counts)
    {
        const string Diabetes = "{'system': 'SNOMED-CT', 'code': '44054006', 'display': 'Diabetes'}";
        var run = Of(Initial("D") + Delay("D", 3700, "days", "V") + Visit("V", "E1", "C")
            + $"'C': {{'type': 'ConditionOnset', 'codes': [{Diabetes}], 'direct_transition': 'Wait'}}, 'Wait': {{'type': 'Delay', {lasting}, 'direct_transition': 'Over'}},"
            + $"'Over': {{'type': 'ConditionEnd', 'codes': [{Diabetes}], 'direct_transition': 'Terminal'}}," + Terminal);

        (run.Patient.Person.Daly > 0).ShouldBe(counts);
    }

    [Fact]
    public void All_lives_of_a_slot_begin_at_the_same_instant()
    {
        var modules = new Dictionary<string, string>
        {
            ["m"] = Initial("D") + Delay("D", 5, "years", "Coin") + "'Coin': {'type': 'Simple', 'distributed_transition': [{'transition': 'Dies', 'distribution': 0.7}, {'transition': 'Terminal', 'distribution': 0.3}]},"
                + "'Dies': {'type': 'Death', 'direct_transition': 'Terminal'}," + Terminal,
        };
        var lives = Many(modules, 30, 4, "F", untilAlive: true, count: 20).GroupBy(p => p.Key.Index).ToList();

        lives.ShouldContain(slot => slot.Count() > 2);
        lives.ShouldAllBe(slot => slot.Select(p => p.Person.Birth).Distinct().Count() == 1);
        lives.Select(slot => slot.First().Person.Birth).Distinct().Count().ShouldBe(20);
    }

    [Fact]
    [Trait("Measured", "10 old encounters")]
    public void What_holds_something_active_is_exported_from_before_the_cut_off_with_its_supplies_and_devices()
    {
        static string Things(string n, string to) => State("S" + n, "SupplyList", $"'supplies': [{{'quantity': 1, 'code': {Code("S" + n)}}}],", "G" + n)
            + State("G" + n, "Device", $"'code': {Code("G" + n)},", "P" + n) + State("P" + n, "Procedure", Codes("P" + n), "End" + n) + End("End" + n, to);
        var modules = new Dictionary<string, string>
        {
            ["m"] = Initial("D") + Delay("D", 5, "years", "V1") + Visit("V1", "E1", "C1") + Onset("C1", "C1", "S1") + Things("1", "D2")
                + Delay("D2", 1, "years", "V2") + Visit("V2", "E2", "S2") + Things("2", "Terminal") + Terminal,
        };
        var generator = new PatientGenerator(Load(modules), Reference.ReferenceData.Own(), new SimulationOptions { Seed = 3, AsOf = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), MinAge = 40, MaxAge = 40 });
        var encounters = generator.Generate(0)[^1].Record.Encounters;

        var kept = encounters.Single(e => e.Code.Value.StartsWith('E'));
        kept.Code.Value.ShouldBe("E1", "the condition is open; the other encounter has nothing that keeps it");
        kept.Supplies.Count.ShouldBe(1);
        kept.Devices.Count.ShouldBe(1);
        kept.Procedures.Count.ShouldBe(0);
    }

    private static string[] Table(TinyRun run, string table)
    {
        var rows = new CsvPatientRows();
        rows.Add(run.Patient);
        return System.Text.Encoding.UTF8.GetString(rows.Buffers[CsvTables.Names.ToList().IndexOf(table)].Written.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string Row(TinyRun run, string table, string code) => Table(run, table).Single(r => r.Contains($",{code},"));
}
