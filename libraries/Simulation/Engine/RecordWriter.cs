using System.Globalization;
using FhirAspire.Simulation.Costs;
using FhirAspire.Simulation.Record;

namespace FhirAspire.Simulation.Engine;

/// <summary>Writes a life's health record, by the rules of modules.md 7.</summary>
internal sealed class RecordWriter(Life life)
{
    private readonly Dictionary<int, Medication> chronic = [];
    private readonly Dictionary<int, Observation> latest = [];
    private int entries;

    /// <summary>Chronic orders by code, in the order in which they came.</summary>
    public IReadOnlyDictionary<int, Medication> ChronicOrders => chronic;

    /// <summary>Conditions that bear a disability weight and may not be over.</summary>
    public List<Condition> DisablingConditions { get; } = [];

    /// <summary>Number of entries so far.</summary>
    public int EntryCount => entries;

    private Encounter Current(long time) => life.CurrentEncounter(time);

    /// <summary>Gives an entry its number and its place.</summary>
    public T File<T>(T entry, Encounter? encounter)
        where T : Entry
    {
        entry.Patient = life.Key;
        entry.Number = ++entries;
        entry.Encounter = encounter;
        return entry;
    }

    public Entry StartCondition(Code[] codes, long time)
    {
        if (life.Present.Find(codes[0]) is { } present)
        {
            return present;
        }

        var encounter = Current(time);
        var condition = File(new Condition { Start = time }, encounter);
        condition.SetCodes(codes);
        encounter.ConditionList.Add(condition);
        encounter.Claim.Add(condition);
        life.Present.Set(codes[0], condition);
        if (life.World.HasDisabilityWeight(codes[0]))
        {
            DisablingConditions.Add(condition);
        }

        return condition;
    }

    public Entry StartAllergy(Code[] codes, long time, out bool isNew)
    {
        isNew = life.Present.Find(codes[0]) is null;
        if (!isNew)
        {
            return life.Present.Find(codes[0])!;
        }

        var encounter = Current(time);
        var allergy = File(new Allergy { Start = time }, encounter);
        allergy.SetCodes(codes);
        encounter.AllergyList.Add(allergy);
        life.Present.Set(codes[0], allergy);
        return allergy;
    }

    public Entry StartCarePlan(Code[] codes, long time, out bool isNew)
    {
        isNew = life.Present.Find(codes[0]) is null;
        if (!isNew)
        {
            return life.Present.Find(codes[0])!;
        }

        var encounter = Current(time);
        var plan = File(new CarePlan { Start = time }, encounter);
        plan.SetCodes(codes);
        encounter.CarePlanList.Add(plan);
        life.Present.Set(codes[0], plan);
        return plan;
    }

    /// <summary>Ends an entry, and its code is present no more.</summary>
    public void End(Entry entry, long time)
    {
        entry.Stop = time;
        if (entry.Codes.Count > 0)
        {
            life.Present.Remove(entry.Code);
        }
    }

    public void EndCarePlan(Entry entry, long time)
    {
        if (entry is CarePlan plan)
        {
            plan.StopReason = life.Known.CarePlanFinished;
        }

        End(entry, time);
    }

    public void EndMedication(Entry entry, long time)
    {
        var code = entry.Code;
        entry.Stop = time;
        if (entry is Medication medication)
        {
            medication.StopReason = life.Known.PrescriptionExpired;
        }

        // After a renewal the entry held by an attribute is an older one: both end.
        if (life.Present.Find(code) is { } present)
        {
            present.Stop = time;
            if (present is Medication renewed)
            {
                renewed.StopReason = life.Known.PrescriptionExpired;
            }

            life.Present.Remove(code);
        }

        chronic.Remove(code.Key);
    }

    public Procedure AddProcedure(Code[] codes, long time, long stop)
    {
        var encounter = Current(time);
        var procedure = File(new Procedure { Start = time, Stop = stop }, encounter);
        procedure.SetCodes(codes);
        procedure.Cost = life.Prices.Price(CostKind.Procedure, codes[0], life.Random);
        encounter.ProcedureList.Add(procedure);
        encounter.Claim.Add(procedure);
        life.Extend(encounter, stop);
        life.Present.Set(codes[0], procedure);
        life.Use(encounter.Provider).Procedures++;
        return procedure;
    }

    public Medication AddAdministration(Code[] codes, Prescription? prescription, Code? reason, Entry? reasonEntry, string name, long time)
    {
        var medication = NewMedication(codes, prescription, reason, reasonEntry, name, time);
        medication.IsAdministration = true;
        medication.Stop = time;
        Settle(medication);
        return medication;
    }

    public Entry StartMedication(Code[] codes, Prescription? prescription, Code? reason, Entry? reasonEntry, string name, bool isChronic, long time)
    {
        if (life.Present.Find(codes[0]) is { } present)
        {
            present.Name = name;
            if (present is Medication again)
            {
                again.Prescription = prescription;
                again.Reason = reason ?? again.Reason;
                again.ReasonEntry = reasonEntry ?? again.ReasonEntry;
                if (isChronic)
                {
                    chronic[codes[0].Key] = again;
                }
            }

            return present;
        }

        var medication = NewMedication(codes, prescription, reason, reasonEntry, name, time);
        medication.IsChronic = isChronic;
        life.Present.Set(codes[0], medication);
        if (isChronic)
        {
            chronic[codes[0].Key] = medication;
        }

        Settle(medication);
        life.Use(medication.Encounter!.Provider).Prescriptions++;
        return medication;
    }

    /// <summary>Every chronic order ends and begins anew in this encounter.</summary>
    public void RenewChronicOrders(long time)
    {
        if (chronic.Count == 0)
        {
            return;
        }

        foreach (var (key, old) in chronic.ToArray())
        {
            old.Stop = time;
            old.StopReason = life.Known.PrescriptionExpired;
            life.Present.Remove(old.Code);
            var renewed = NewMedication([.. old.Codes], old.Prescription, old.Reason, old.ReasonEntry, old.Name, time);
            renewed.IsChronic = true;
            life.Present.Set(old.Code, renewed);
            chronic[key] = renewed;
            Settle(renewed);
            life.Use(renewed.Encounter!.Provider).Prescriptions++;
        }
    }

    private Medication NewMedication(Code[] codes, Prescription? prescription, Code? reason, Entry? reasonEntry, string name, long time)
    {
        var encounter = Current(time);
        var medication = File(new Medication { Start = time, Prescription = prescription, Reason = reason, ReasonEntry = reasonEntry }, encounter);
        medication.SetCodes(codes);
        medication.Name = name;
        encounter.MedicationList.Add(medication);
        return medication;
    }

    private void Settle(Medication medication)
    {
        medication.Cost = life.Prices.Price(medication, life.Random);
        medication.Claim = new Claim(medication, life.Coverage.YearAt(medication.Start));
        medication.Claim.Settle();
    }

    public Immunization AddImmunization(Code[] codes, int series, long time)
    {
        var encounter = Current(time);
        var immunization = File(new Immunization { Start = time, Stop = time, Series = series }, encounter);
        immunization.SetCodes(codes);
        immunization.Cost = life.Prices.Price(CostKind.Immunization, codes[0], life.Random);
        encounter.ImmunizationList.Add(immunization);
        encounter.Claim.Add(immunization);
        life.Extend(encounter, time);
        return immunization;
    }

    public Observation NewObservation(Code[] codes, string? category, string unit, long time)
    {
        var observation = File(new Observation { Start = time, Stop = time, Category = category, Unit = unit }, Current(time));
        observation.SetCodes(codes);
        return observation;
    }

    public void Add(Observation observation, string name)
    {
        var encounter = observation.Encounter!;
        observation.Name = name;
        encounter.ObservationList.Add(observation);
        life.Extend(encounter, observation.Start);
        var key = observation.Code.Key;
        if (life.Modules.ObservedCodes.Contains(key)
            && (!latest.TryGetValue(key, out var known) || known.Encounter!.Position < encounter.Position))
        {
            latest[key] = observation;
        }
    }

    public Observation? LatestObservation(Code code) => latest.GetValueOrDefault(code.Key);

    public Report AddReport(Code[] codes, IReadOnlyList<Observation> observations, long time)
    {
        var encounter = Current(time);
        var report = File(new Report { Start = time, Stop = time, Observations = observations }, encounter);
        report.SetCodes(codes);
        report.Cost = life.Prices.Price(CostKind.Lab, codes[0], life.Random);
        foreach (var observation in observations)
        {
            observation.Report = report;
        }

        encounter.ReportList.Add(report);
        encounter.Claim.Add(report);
        life.Extend(encounter, time);
        life.Use(encounter.Provider).Labs++;
        return report;
    }

    public ImagingStudy AddImagingStudy(Code code, long time)
    {
        var codes = new[] { code };
        var encounter = Current(time);
        var study = File(new ImagingStudy { Start = time, Stop = time }, encounter);
        study.SetCodes(codes);
        study.Uid = DicomUid(study, 0, 0, time);
        encounter.ImagingStudyList.Add(study);
        AddProcedure(codes, time, time + (30 * SimTime.Minute));
        return study;
    }

    /// <summary>A UID under a root that is nobody's: unique by the number of the study in its life, the life's id and the time.</summary>
    public string DicomUid(Entry study, int series, int instance, long time)
    {
        var key = study.Patient;
        return string.Create(CultureInfo.InvariantCulture, $"1.2.840.99999999.{key.Index}.{key.Attempt}.{study.Number}{(series > 0 ? "." + series : "")}{(instance > 0 ? "." + instance : "")}.{Math.Abs(time)}");
    }

    public Device AddDevice(Code code, string? manufacturer, string? model, long time)
    {
        var encounter = Current(time);
        var device = File(new Device { Start = time, Manufacturer = manufacturer, Model = model }, encounter);
        device.SetCodes([code]);
        device.Cost = life.Prices.Price(CostKind.Device, code, life.Random);
        UniqueDeviceIdentifier.Assign(device, life.Random);
        encounter.DeviceList.Add(device);
        encounter.Claim.Add(device);
        life.Present.Set(code, device);
        return device;
    }

    public Supply AddSupply(Code code, int quantity, long time)
    {
        var encounter = Current(time);
        var supply = File(new Supply { Start = time, Stop = time, Quantity = quantity }, encounter);
        supply.SetCodes([code]);
        supply.Cost = life.Prices.Price(CostKind.Supply, code, life.Random);
        encounter.SupplyList.Add(supply);
        encounter.Claim.Add(supply);
        life.Extend(encounter, time);
        return supply;
    }
}
