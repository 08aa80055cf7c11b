using FhirAspire.Simulation;
using FhirAspire.Simulation.Record;

namespace FhirAspire.Fhir.Bundles;

// The text of clinical notes. It tells what the record holds up to and in the encounter; nothing in it is invented.
internal sealed partial class ResourceWriter
{
    private readonly Utf8Buffer note = new(1 << 12);
    private readonly Utf8Buffer history = new(1 << 10);
    private readonly Utf8Buffer drugs = new(1 << 10);
    private readonly Utf8Buffer allergies = new(256);
    private readonly HashSet<Code> inHistory = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Code> inDrugs = new(ReferenceEqualityComparer.Instance);
    private SimulatedPatient noted = null!;

    private void BeginNotes(SimulatedPatient patient) => noted = patient;

    private void ResetNote()
    {
        history.Clear();
        drugs.Clear();
        allergies.Clear();
        inHistory.Clear();
        inDrugs.Clear();
    }

    private void DisposeNote()
    {
        note.Dispose();
        history.Dispose();
        drugs.Dispose();
        allergies.Dispose();
    }

    private ReadOnlySpan<byte> NoteText(Encounter encounter)
    {
        var person = noted.Person;
        foreach (var medication in encounter.Medications)
        {
            Append(drugs, inDrugs, medication.Code, "; "u8);
        }

        foreach (var allergy in encounter.Allergies)
        {
            allergies.Raw(allergies.Length > 0 ? ", "u8 : default).Raw(Json(allergy.Code).InNote);
        }

        note.Clear();
        note.Raw("\n"u8).PlainDate(encounter.Start).Raw("\n\n# Chief Complaint\n"u8);
        note.Raw(encounter.Reason is { } reason ? Json(reason).InNote : "No complaints."u8);
        note.Raw("\n\n# History of Present Illness\n"u8).Plain(person.FirstName).Raw(" is a "u8).Whole(Math.Max(0, SimTime.MonthsBetween(person.Birth, encounter.Start) / 12))
            .Raw(" year-old "u8).Plain(person.Ethnicity).Raw(" "u8).Plain(person.Race).Raw(person.Gender == "F" ? " female."u8 : " male."u8);
        if (history.Length > 0)
        {
            note.Raw(" Earlier problems: "u8).Raw(history.WrittenSpan).Raw("."u8);
        }

        note.Raw("\n\n# Social History\n"u8);
        Social(person, encounter);
        note.Raw("\n\n# Allergies\n"u8).Raw(allergies.Length > 0 ? allergies.WrittenSpan : "No Known Allergies."u8);
        note.Raw("\n\n# Medications\n"u8).Raw(drugs.Length > 0 ? drugs.WrittenSpan : "No Active Medications."u8);
        note.Raw("\n\n# Assessment and Plan\n"u8);
        Plan(encounter);
        foreach (var condition in encounter.Conditions)
        {
            Append(history, inHistory, condition.Code, ", "u8);
        }

        return note.WrittenSpan;
    }

    private void Social(Person person, Encounter encounter)
    {
        note.Raw(person.MaritalStatus switch
        {
            "M" => "Married. "u8,
            "D" => "Divorced. "u8,
            "W" => "Widowed. "u8,
            "S" => "Never married. "u8,
            _ => default,
        });
        note.Raw(noted.Attribute("smoker").IsTrue ? "Smokes.\n"u8 : "Does not smoke.\n"u8);
        note.Raw("Socioeconomic background: "u8).Plain(person.SocioeconomicCategory).Raw(".\nEducation: "u8).Raw(person.Education switch
        {
            "less_than_hs" => "less than high school"u8,
            "hs_degree" => "high school"u8,
            "some_college" => "some college"u8,
            "bs_degree" => "college degree"u8,
            _ => "unknown"u8,
        });
        note.Raw(".\nInsurance: "u8).Plain(encounter.Claim.Plan.Plan.Payer.Name.Replace('_', ' ')).Raw("."u8);
    }

    private void Plan(Encounter encounter)
    {
        Listed("Presents with "u8, encounter.Conditions.Span);
        note.Raw("\n## Plan\n"u8);
        Listed("Immunizations given: "u8, encounter.Immunizations.Span);
        Listed("Procedures done: "u8, encounter.Procedures.Span);
        Listed("Medications ordered or given: "u8, encounter.Medications.Span);
        Listed("Care plans begun: "u8, encounter.CarePlans.Span);
    }

    private void Listed<T>(ReadOnlySpan<byte> title, ReadOnlySpan<T> entries)
        where T : Entry
    {
        for (var i = 0; i < entries.Length; i++)
        {
            note.Raw(i == 0 ? title : "\n- "u8);
            if (i == 0 && entries.Length > 1)
            {
                note.Raw("\n- "u8);
            }

            note.Raw(Json(entries[i].Code).InNote);
        }

        if (entries.Length > 0)
        {
            note.Raw("\n"u8);
        }
    }

    private void Append(Utf8Buffer list, HashSet<Code> known, Code code, ReadOnlySpan<byte> separator)
    {
        if (known.Add(code))
        {
            list.Raw(list.Length > 0 ? separator : default).Raw(Json(code).InNote);
        }
    }
}
