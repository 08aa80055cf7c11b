using FhirAspire.Simulation.Modules;
using FhirAspire.Simulation.Record;

namespace FhirAspire.Simulation.Engine;

/// <summary>Codes that the built-in parts use.</summary>
internal sealed class KnownCodes
{
    private readonly (int Key, double Effect)[] diabetesDrugs;

    public KnownCodes(CodeTable codes)
    {
        Code Snomed(string value, string display) => codes.Intern(CodeSystems.Snomed, value, display);
        WellChildVisit = Snomed("410620009", "Well child visit (procedure)");
        GeneralExamination = Snomed("162673000", "General examination of patient (procedure)");
        CheckUp = Snomed("185349003", "Encounter for check up (procedure)");
        EmergencyVisit = Snomed("50849002", "Emergency room admission (procedure)");
        UrgentCareVisit = Snomed("702927004", "Urgent care clinic (environment)");
        VaccinationVisit = Snomed("33879002", "Administration of vaccine to produce active immunity (procedure)");
        DeathCertification = Snomed("308646001", "Death Certification");
        PrescriptionExpired = Snomed("182840001", "Drug treatment stopped - medical advice");
        CarePlanFinished = Snomed("385658003", "Done");
        CauseOfDeath = codes.Intern(CodeSystems.Loinc, "69453-9", "Cause of Death [US Standard Certificate of Death]");
        DeathCertificate = codes.Intern(CodeSystems.Loinc, "69409-1", "U.S. standard certificate of death - 2003 revision");
        Qaly = codes.Intern("GBD", "QALY", "QALY");
        Daly = codes.Intern("GBD", "DALY", "DALY");
        Qols = codes.Intern("GBD", "QOLS", "QOLS");
        HypertensionPlanKey = codes.Key("443402002");
        CovidKey = codes.Key("840539006");

        // How far drugs lower HbA1c, percentage points: metformin up to 1.5, GLP-1 and SGLT2 0.5, insulins 3 and 6
        // (American Diabetes Association, Diabetes Forecast, March 2013).
        diabetesDrugs =
        [
            (codes.Key("860975"), -1.5), (codes.Key("897122"), -0.5), (codes.Key("1373463"), -0.5), (codes.Key("106892"), -3.0), (codes.Key("865098"), -6.0),
        ];
    }

    public Code WellChildVisit { get; }

    public Code GeneralExamination { get; }

    public Code CheckUp { get; }

    public Code EmergencyVisit { get; }

    public Code UrgentCareVisit { get; }

    public Code VaccinationVisit { get; }

    public Code DeathCertification { get; }

    public Code PrescriptionExpired { get; }

    public Code CarePlanFinished { get; }

    public Code CauseOfDeath { get; }

    public Code DeathCertificate { get; }

    public Code Qaly { get; }

    public Code Daly { get; }

    public Code Qols { get; }

    public int HypertensionPlanKey { get; }

    public int CovidKey { get; }

    public double DiabetesDrugEffect(Life life)
    {
        var sum = 0.0;
        foreach (var (key, effect) in diabetesDrugs)
        {
            if (life.Present.Find(key) is { IsOpen: true })
            {
                sum += effect;
            }
        }

        return sum;
    }
}
