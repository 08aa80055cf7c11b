using FhirAspire.Simulation.Insurance;
using FhirAspire.Simulation.Record;

namespace FhirAspire.Simulation.Csv;

/// <summary>
/// Renders patients as rows of the tables. One object per thread; render in parallel, then append in the order of the slots with
/// <see cref="CsvSink.Append"/>.
/// </summary>
public sealed class CsvPatientRows
{
    private readonly CsvBuffer[] buffers = [.. CsvTables.Names.Select(_ => new CsvBuffer())];
    private readonly CsvClaims claims;

    /// <summary>Empty buffers.</summary>
    public CsvPatientRows() => claims = new CsvClaims(buffers[12], buffers[13]);

    internal IReadOnlyList<CsvBuffer> Buffers => buffers;

    /// <summary>Bytes of all rows.</summary>
    public long Bytes => buffers.Sum(buffer => (long)buffer.Written.Length);

    /// <summary>Forgets all rows.</summary>
    public void Clear()
    {
        foreach (var buffer in buffers)
        {
            buffer.Clear();
        }
    }

    /// <summary>Adds the rows of a patient.</summary>
    public void Add(SimulatedPatient patient)
    {
        ArgumentNullException.ThrowIfNull(patient);
        var id = patient.Id;
        Patient(patient, id);
        claims.Begin(patient);
        foreach (var encounter in patient.Record.Encounters)
        {
            Encounter(patient, id, encounter);
        }

        foreach (var observation in patient.Record.QualityOfLife)
        {
            Observation(id, null, observation);
        }

        foreach (var year in patient.Coverage)
        {
            Transition(patient, id, year);
        }
    }

    private static void Reason(CsvBuffer row, Code? reason) => row.Text(reason?.Value).Text(reason?.Display);

    private void Patient(SimulatedPatient patient, Guid id)
    {
        var p = patient.Person;
        buffers[0].Id(id).Date(p.Birth).Date(p.Death).Text(p.Ssn).Text(p.DriversLicense).Text(p.Passport).Text(p.Prefix)
            .Text(p.FirstName).Text(p.MiddleName).Text(p.LastName).Text(p.Suffix).Text(p.MaidenName).Text(p.MaritalStatus)
            .Text(p.Race).Text(p.Ethnicity).Text(p.Gender).Text($"{p.BirthCity}, {p.BirthState}, {p.BirthCountry}")
            .Text(p.Address).Text(p.City).Text(p.State).Text(p.County).Text(p.CountyFips).Text(p.Zip)
            .Number(p.Latitude, "R").Number(p.Longitude, "R")
            .Amount(patient.HealthcareExpenses).Amount(patient.HealthcareCoverage).Whole(p.Income).End();
    }

    private void Encounter(SimulatedPatient patient, Guid id, Encounter encounter)
    {
        var encounterId = encounter.Id;
        var payer = encounter.Claim.Plan.Plan.Payer.Id;
        var row = buffers[1].Id(encounterId).Instant(encounter.Start).Instant(encounter.Stop).Id(id)
            .Id(encounter.Provider.Id).Id(encounter.Clinician.Id).Id(payer).Text(encounter.Class.ToString().ToLowerInvariant())
            .Text(encounter.Code.Value).Text(encounter.Code.Display)
            .Amount(encounter.Cost).Amount(encounter.Claim.Totals.Cost).Amount(encounter.Claim.Totals.Covered);
        Reason(row, encounter.Reason);
        row.End();
        foreach (var entry in encounter.Conditions)
        {
            buffers[2].Date(entry.Start).Date(entry.Stop).Id(id).Id(encounterId).Text(entry.Code.SystemUri).Text(entry.Code.Value).Text(entry.Code.Display).End();
        }

        foreach (var entry in encounter.Allergies)
        {
            Allergy(id, encounterId, entry);
        }

        foreach (var entry in encounter.Observations)
        {
            Observation(id, encounterId, entry);
        }

        foreach (var entry in encounter.Procedures)
        {
            row = buffers[7].Instant(entry.Start).Instant(entry.Stop).Id(id).Id(encounterId).Text(entry.Code.SystemUri).Text(entry.Code.Value).Text(entry.Code.Display).Amount(entry.Cost);
            Reason(row, entry.Reason);
            row.End();
        }

        foreach (var entry in encounter.Medications)
        {
            Medication(patient, id, encounterId, entry);
        }

        foreach (var entry in encounter.Immunizations)
        {
            buffers[8].Instant(entry.Start).Id(id).Id(encounterId).Text(entry.Code.Value).Text(entry.Code.Display).Amount(entry.Cost).End();
        }

        foreach (var entry in encounter.CarePlans)
        {
            row = buffers[5].Id(entry.Id).Date(entry.Start).Date(entry.Stop).Id(id).Id(encounterId).Text(entry.Code.Value).Text(entry.Code.Display);
            Reason(row, entry.Reason);
            row.End();
        }

        foreach (var entry in encounter.ImagingStudies)
        {
            Imaging(id, encounterId, entry);
        }

        foreach (var entry in encounter.Devices)
        {
            buffers[10].Instant(entry.Start).Instant(entry.Stop).Id(id).Id(encounterId).Text(entry.Code.Value).Text(entry.Code.Display).Text(entry.Udi).End();
        }

        foreach (var entry in encounter.Supplies)
        {
            buffers[11].Date(entry.Start).Id(id).Id(encounterId).Text(entry.Code.Value).Text(entry.Code.Display).Whole(entry.Quantity).End();
        }

        claims.Add(encounter);
    }

    private void Allergy(Guid id, Guid encounterId, Allergy entry)
    {
        var row = buffers[3].Date(entry.Start).Date(entry.Stop).Id(id).Id(encounterId).Text(entry.Code.Value).Text(entry.Code.System).Text(entry.Code.Display)
            .Text(entry.AllergyType).Text(entry.Category);
        for (var i = 0; i < 2; i++)
        {
            var reaction = i < entry.Reactions.Count ? entry.Reactions[i] : null;
            row.Text(reaction?.Code.Value).Text(reaction?.Code.Display).Text(reaction?.Severity.ToString().ToUpperInvariant());
        }

        row.End();
    }

    private void Observation(Guid id, Guid? encounterId, Observation entry)
    {
        if (entry.ValueKind == ObservationValueKind.None)
        {
            foreach (var component in entry.Components)
            {
                Observation(id, encounterId, component);
            }

            return;
        }

        var row = buffers[6].Instant(entry.Start).Id(id);
        row = encounterId is { } e ? row.Id(e) : row.Empty();
        row = row.Text(entry.Category).Text(entry.Code.Value).Text(entry.Code.Display);
        row = entry.ValueKind switch
        {
            ObservationValueKind.Number => row.Number(entry.NumberValue, "0.0"),
            ObservationValueKind.Boolean => row.Text(entry.BooleanValue ? "true" : "false"),
            ObservationValueKind.Code => row.Text(entry.CodeValue.Display),
            _ => row.Text(entry.TextValue),
        };
        row.Text(entry.Unit).Text(entry.ValueKind == ObservationValueKind.Number ? "numeric" : "text").End();
    }

    private void Medication(SimulatedPatient patient, Guid id, Guid encounterId, Medication entry)
    {
        var dispenses = Dispenses.Of(entry, patient.AsOf);
        var row = buffers[4].Instant(entry.Start).Instant(entry.Stop).Id(id).Id(entry.Claim.Plan.Plan.Payer.Id).Id(encounterId)
            .Text(entry.Code.Value).Text(entry.Code.Display).Amount(entry.Cost).Amount(entry.Claim.Totals.Covered)
            .Whole(dispenses).Amount(new Money(entry.Cost.Cents * dispenses));
        Reason(row, entry.Reason);
        row.End();
        claims.Add(entry);
    }

    private void Imaging(Guid id, Guid encounterId, ImagingStudy study)
    {
        var studyId = study.Id;
        foreach (var series in study.Series)
        {
            foreach (var instance in series.Instances)
            {
                buffers[9].Id(studyId).Instant(study.Start).Id(id).Id(encounterId).Text(series.Uid)
                    .Text(series.BodySite.Value).Text(series.BodySite.Display).Text(series.Modality.Value).Text(series.Modality.Display)
                    .Text(instance.Uid).Text(instance.SopClass.Value).Text(instance.SopClass.Display).Text(study.Code.Value).End();
            }
        }
    }

    private void Transition(SimulatedPatient patient, Guid id, PlanYear year)
    {
        var row = buffers[14].Id(id);
        row = year.Plan.IsNone ? row.Empty() : row.Id(year.MemberId);
        row = row.Instant(year.Start).Instant(Math.Min(year.Stop, patient.Person.IsAlive ? long.MaxValue : Math.Max(patient.Person.Death, year.Start))).Id(year.Plan.Payer.Id);
        row = year.Secondary is { } secondary ? row.Id(secondary.Payer.Id) : row.Empty();
        row.Text(year.Owner == PlanOwner.None ? "" : year.Owner.ToString()).Text(year.OwnerName).End();
    }
}
