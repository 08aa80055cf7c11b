using FhirAspire.Simulation;
using FhirAspire.Simulation.Insurance;
using FhirAspire.Simulation.Providers;
using FhirAspire.Simulation.Record;

namespace FhirAspire.Fhir.Tests;

/// <summary>A patient made by hand, with every kind of entry and with awkward texts and numbers: independent of the engine, so its files are snapshots.</summary>
internal sealed class HandMade
{
    public static readonly PatientKey Key = new(42, 3, 0);

    private readonly HealthRecord record = new();
    private readonly PlanYear plan;
    private int number;

    public HandMade(bool isDead = true)
    {
        var payer = new Payer("60000", "UnitedHealthcare", "PRIVATE");
        plan = new PlanYear(new InsurancePlan(payer, "Gold") { PatientShare = 0.2, Copay = Money.Of(20), Deductible = Money.Of(100), MaxOutOfPocket = Money.Of(8000) }, null, At(2024, 1, 1), At(2025, 1, 1));
        Provider = new Provider("hospitals/1", "St. Mary's \"Old\" Hospital & Clinic")
        {
            Address = "1 Main St", City = "BOSTON", State = "MA", Zip = "02110", Phone = "6175550100", Latitude = 42.36, Longitude = -71.06,
        };
        Provider.Clinician = new Clinician(Provider, 12) { FirstName = "José", LastName = "Núñez de Vega", Gender = "M" };
        var person = new Person
        {
            Birth = At(1950, 2, 3), FirstName = "Anna", MiddleName = "Søs", LastName = "O'Neil", MaidenName = "Peters", Prefix = "Mrs.", Suffix = "PhD", MotherName = "Eve Peters",
            Gender = "F", Race = "other", Ethnicity = "hispanic", Language = "klingon", MaritalStatus = "W", Ssn = "999-12-3456", DriversLicense = "S99912345", Passport = "X12345678X",
            Phone = "555-123-4567", Address = "12 Elm Row", City = "Salem", State = "Massachusetts", StateAbbreviation = "MA", Zip = "01970", Latitude = 42.5190123456789, Longitude = -70.89,
            BirthCity = "Ponce", BirthState = "Puerto Rico", BirthCountry = "PR", MultipleBirth = 2, Qaly = 61.25, Daly = 1.5e-7, SocioeconomicCategory = "High", Education = "bs_degree",
        };
        if (isDead)
        {
            person.Death = At(2024, 6, 1, 8);
        }

        Visit();
        Birthday();
        if (isDead)
        {
            Certificate();
        }

        Patient = new SimulatedPatient(Key, person, record, [plan], [], [], Money.Zero, Money.Zero, TestPatients.AsOf.ToUnixTimeMilliseconds());
    }

    public SimulatedPatient Patient { get; }

    public Provider Provider { get; }

    public static long At(int year, int month, int day, int hour = 0, int minute = 0) => SimTime.Of(year, month, day, hour, minute, 7, 45);

    private static Code Snomed(string code, string display, string? version = null) => new(CodeSystems.Snomed, code, display, version);

    private static Code Loinc(string code, string display) => new(CodeSystems.Loinc, code, display);

    private static Code RxNorm(string code, string display) => new(CodeSystems.RxNorm, code, display);

    private Encounter Open(EncounterClass kind, Code code, long start, long stop)
    {
        var encounter = File(new Encounter { Class = kind, Start = start, Stop = stop, Provider = Provider, Clinician = Provider.Clinician }, null, code);
        encounter.Cost = Money.Of(125.5);
        encounter.Claim = new Claim(encounter, plan);
        record.EncounterList.Add(encounter);
        return encounter;
    }

    private T File<T>(T entry, Encounter? encounter, params Code[] codes)
        where T : Entry
    {
        entry.Patient = Key;
        entry.Number = ++number;
        entry.Encounter = encounter;
        entry.SetCodes(codes);
        return entry;
    }

    private T Bill<T>(T entry, Encounter encounter, double dollars = 0)
        where T : Entry
    {
        entry.Cost = Money.Of(dollars);
        encounter.Claim.Add(entry);
        return entry;
    }

    private void Visit()
    {
        var start = At(2024, 3, 5, 10);
        var visit = Open(EncounterClass.Inpatient, Snomed("305408004", "Admission to \"surgical\" department", "http://snomed.info/sct/731000124108"), start, At(2024, 3, 6, 9, 30));
        var asthma = Bill(File(new Condition { Start = start, Stop = At(2024, 5, 1) }, visit, Snomed("195967001", "Asthma <severe> & chronic")), visit);
        visit.ConditionList.Add(asthma);
        visit.Reason = asthma.Code;
        visit.ReasonEntry = asthma;
        visit.Discharge = new Code("NUBC", "01", "Discharged to home");
        visit.AllergyList.Add(File(new Allergy
        {
            Start = start, AllergyType = "intolerance", Category = "food",
            Reactions = [new Reaction(Snomed("39579001", "Anaphylaxis"), ReactionSeverity.Severe), new Reaction(Snomed("271807003", "Rash"), ReactionSeverity.Mild)],
        }, visit, Snomed("102263004", "Eggs (edible) (substance)")));
        visit.AllergyList.Add(File(new Allergy { Start = start, Stop = At(2024, 4, 1), AllergyType = "propensity", Category = "" }, visit, Snomed("1", "Odd")));
        Observations(visit, start);
        var procedure = Bill(File(new Procedure { Start = start, Stop = At(2024, 3, 5, 11), Reason = asthma.Code, ReasonEntry = asthma }, visit, Snomed("23426006", "Measurement of respiratory function")), visit, 1180.05);
        visit.ProcedureList.Add(procedure);
        visit.ProcedureList.Add(Bill(File(new Procedure { Start = start, Stop = At(2024, 3, 5, 11), Reason = Snomed("2", "Not in this record") }, visit, Snomed("76601001", "Injection")), visit, 5));
        visit.DeviceList.Add(Bill(File(new Device
        {
            Start = start, DeviceIdentifier = "12345678901234", Udi = "(01)12345678901234(21)77", LotNumber = "9", SerialNumber = "77", ManufactureTime = At(2024, 2, 13),
            ExpirationTime = At(2049, 2, 13), Manufacturer = "Acme \\ Co", Model = "M-1",
        }, visit, Snomed("337414009", "Blood glucose meter")), visit, 99.99));
        visit.SupplyList.Add(Bill(File(new Supply { Start = start, Quantity = 50 }, visit, Snomed("337388004", "Blood glucose testing strips")), visit, 0.5));
        Medications(visit, asthma, start);
        visit.ImmunizationList.Add(Bill(File(new Immunization { Start = start, Stop = start, Series = 1 }, visit, new Code(CodeSystems.Cvx, "140", "Influenza, seasonal")), visit, 136));
        visit.CarePlanList.Add(File(new CarePlan
        {
            Start = start, Reason = asthma.Code, ReasonEntry = asthma, Activities = [Snomed("229065009", "Exercise <therapy>")],
        }, visit, Snomed("698360004", "Self management & plan")));
        visit.CarePlanList.Add(File(new CarePlan
        {
            Start = start, Stop = At(2024, 4, 1), Reason = Snomed("3", "Elsewhere"), Activities = [Snomed("229065010", "Rest")],
        }, visit, Snomed("698360005", "Plan without a condition")));
        visit.CarePlanList.Add(File(new CarePlan { Start = start }, visit, Snomed("698360006", "Bare plan")));
        visit.ImagingStudyList.Add(File(new ImagingStudy
        {
            Start = start, Stop = start, Uid = "1.2.840.99999999.3.0.40.1",
            Series =
            [
                new ImagingSeries("1.2.840.99999999.3.0.40.2", Snomed("51185008", "Thoracic structure"), new Code("DICOM-DCM", "DX", "Digital Radiography"),
                    [new ImagingInstance("1.2.840.99999999.3.0.40.3", "Image of chest", new Code("DICOM-SOP", "1.2.840.10008.5.1.4.1.1.1.1", "Digital X-Ray Image Storage"))]),
            ],
        }, visit, Snomed("399208008", "Plain chest X-ray")));
        visit.Claim.Settle();
    }

    private void Observations(Encounter visit, long start)
    {
        Observation New(string? category, string unit, params Code[] codes) => File(new Observation { Start = start, Stop = start, Category = category, Unit = unit }, visit, codes);
        Observation Number(string? category, string code, double value, string unit = "mg/dL")
        {
            var observation = New(category, unit, Loinc(code, "Test " + code));
            observation.Set(value);
            return observation;
        }

        double[] values = [0, 1, -3.25, 78.2166, 0.000012345678, 123456.7, 99999.6, 2.8468e-12, 41, 1e14];
        var laboratory = values.Select((value, i) => Number("laboratory", $"{i}-0", value)).ToList();
        foreach (var observation in laboratory)
        {
            visit.ObservationList.Add(observation);
        }

        var report = Bill(File(new Report { Start = start, Stop = start, Observations = [.. laboratory.Take(2)] }, visit, Loinc("51990-0", "Basic metabolic panel - Blood")), visit, 12.34);
        laboratory[0].Report = laboratory[1].Report = report;
        visit.ReportList.Add(report);
        var oxygen = New("vital-signs", "%", Loinc("2708-6", "Oxygen saturation"), Loinc("59408-5", "Oxygen saturation by pulse oximetry"));
        oxygen.Set(97.5);
        var pressure = New("vital-signs", "mm[Hg]", Loinc("85354-9", "Blood pressure panel"));
        pressure.Components = [Number("vital-signs", "8462-4", 80, "mm[Hg]"), Number("vital-signs", "8480-6", 121, "mm[Hg]")];
        var smoking = New("social-history", "", Loinc("72166-2", "Tobacco smoking status"));
        smoking.Set(Snomed("266919005", "Never smoked tobacco"));
        var text = New("survey", "", Loinc("76690-7", "Sexual orientation"));
        text.Set("line one\nline \"two\"\ttab \\ back \u0001 control, é ü 漢 😀");
        var flag = New("exam", "", Loinc("66519-0", "Flag"));
        flag.Set(true);
        var nothing = New("imaging", "", Loinc("1-1", "Nothing found"));
        var bare = New(null, "", Loinc("2-1", "No category, no unit"));
        bare.Set(5);
        foreach (var observation in new[] { oxygen, pressure, smoking, text, flag, nothing, bare })
        {
            visit.ObservationList.Add(observation);
        }

        visit.ReportList.Add(Bill(File(new Report { Start = start, Stop = start, Observations = [text] }, visit, Loinc("3-1", "Questionnaire")), visit));
    }

    private void Medications(Encounter visit, Condition asthma, long start)
    {
        Medication Order(string code, Prescription? prescription, bool isAdministration = false, Entry? reason = null)
        {
            var order = File(new Medication { Start = start, Prescription = prescription, IsAdministration = isAdministration, Reason = reason?.Code, ReasonEntry = reason }, visit, RxNorm(code, "Drug " + code));
            order.Cost = Money.Of(12.4);
            order.Claim = new Claim(order, plan);
            order.Claim.Settle();
            visit.MedicationList.Add(order);
            return order;
        }

        Order("1", null, reason: asthma);
        Order("2", new Prescription { AsNeeded = true }).Stop = At(2024, 4, 1);
        Order("3", new Prescription { HasDosage = true, Amount = 0.5, Frequency = 2, Period = 12, PeriodUnit = "hours", Instructions = [Snomed("1", "With food"), Snomed("2", "Whole")] });
        Order("4", new Prescription { HasDosage = true }, isAdministration: true, reason: asthma).Stop = start;
    }

    private void Birthday()
    {
        var call = Open(EncounterClass.Virtual, Snomed("185317003", "Telephone encounter"), At(2024, 4, 1, 9), At(2024, 4, 1, 9, 15));
        call.Claim.Settle();
    }

    private void Certificate()
    {
        var certificate = Open(EncounterClass.Wellness, Snomed("308646001", "Death certification"), At(2024, 6, 1, 8), At(2024, 6, 1, 8, 15));
        certificate.Claim.Settle();
    }
}
