using FhirAspire.Simulation;
using FhirAspire.Simulation.Record;

namespace FhirAspire.Fhir.Bundles;

// Claim and ExplanationOfBenefit: one of each for an encounter and for a medication.
internal sealed partial class ResourceWriter
{
    public void WriteClaim(Claim claim)
    {
        var medication = claim.Main.Entry as Medication;
        Begin(ResourceKind.Claim, claim.Id);
        w.Raw(""","status":"active","type":"""u8).Raw(ClaimType(medication is not null)).Raw(""","use":"claim","patient":"""u8);
        if (medication is not null)
        {
            Subject();
        }
        else
        {
            w.Raw(subject.WrittenSpan[..^1]).Raw(""","display":"""u8).Text(noted.Person.FullName).Raw("}"u8);
        }

        w.Raw(""","billablePeriod":"""u8);
        Period(visit.Start, visit.Stop);
        w.Raw(""","created":"""u8).Instant(visit.Stop).Raw(""","provider":"""u8).Raw(place.Organization)
            .Raw(""","priority":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/processpriority","code":"normal"}]}"""u8);
        if (medication is not null)
        {
            w.Raw(""","prescription":"""u8);
            Reference(ResourceKind.MedicationRequest, medication.Id);
        }
        else
        {
            w.Raw(""","facility":"""u8).Raw(place.Location);
        }

        ClaimParts(claim);
        w.Raw(""","insurance":[{"sequence":1,"focal":true,"coverage":{"display":"""u8).Text(claim.Plan.Plan.Payer.Name).Raw("""}}],"item":[{"sequence":1,"productOrService":"""u8);
        Concept(claim.Main.Entry.Codes);
        w.Raw(""","encounter":["""u8);
        Visit().Raw("]}"u8);
        Numbers numbers = default;
        foreach (var line in claim.Lines)
        {
            Item(line, ref numbers, withProcedures: true);
            w.Raw(""","productOrService":"""u8);
            Concept(line.Entry.Codes);
            Net(line);
            w.Raw("}"u8);
        }

        w.Raw("""],"total":{"value":"""u8).Amount(claim.Totals.Cost).Raw(""","currency":"USD"}"""u8);
        End(ResourceKind.Claim);
    }

    public void WriteBenefit(Claim claim)
    {
        Begin(ResourceKind.ExplanationOfBenefit, claim.Main.Entry.DerivedId(IdKind.Benefit));
        var payer = claim.Plan.Plan.Payer.Name;
        w.Raw(""","contained":[{"resourceType":"ServiceRequest","id":"referral","status":"completed","intent":"order","subject":"""u8);
        Subject().Raw(""","requester":"""u8).Raw(place.ClinicianAlone).Raw(""","performer":["""u8).Raw(place.ClinicianAlone)
            .Raw("""]},{"resourceType":"Coverage","id":"coverage","status":"active","type":{"text":"""u8).Text(payer).Raw("""},"beneficiary":"""u8);
        Subject().Raw(""","payor":[{"display":"""u8).Text(payer).Raw("""}]}],"identifier":[{"system":"https://bluebutton.cms.gov/resources/variables/clm_id","value":" """u8[..^1])
            .Id(claim.Id).Raw("\"},{\"system\":\"https://bluebutton.cms.gov/resources/identifier/claim-group\",\"value\":\"99999999999\"}],\"status\":\"active\",\"type\":"u8)
            .Raw(ClaimType(claim.Main.Entry is Medication)).Raw(""","use":"claim","patient":"""u8);
        Subject().Raw(""","billablePeriod":"""u8);
        Period(visit.Stop, visit.Stop + (365 * SimTime.Day));
        w.Raw(""","created":"""u8).Instant(visit.Stop).Raw(""","insurer":{"display":"""u8).Text(payer).Raw("""},"provider":"""u8).Raw(place.ClinicianAlone)
            .Raw(""","referral":{"reference":"#referral"},"facility":"""u8).Raw(place.Location).Raw(""","claim":"""u8);
        Reference(ResourceKind.Claim, claim.Id).Raw(""","outcome":"complete","careTeam":[{"sequence":1,"provider":"""u8).Raw(place.ClinicianAlone)
            .Raw(""","role":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/claimcareteamrole","code":"primary","display":"Primary provider"}]}}]"""u8);
        Diagnoses(claim, isBenefit: true);
        w.Raw(""","insurance":[{"focal":true,"coverage":{"reference":"#coverage","display":"""u8).Text(payer).Raw("""}}],"item":[{"sequence":1"""u8);
        BenefitService(claim.Main.Entry);
        w.Raw(""","encounter":["""u8);
        Visit().Raw("]}"u8);
        Numbers numbers = default;
        foreach (var line in claim.Lines)
        {
            Item(line, ref numbers, withProcedures: false);
            BenefitService(line.Entry);
            Net(line);
            Adjudications(line);
            w.Raw("}"u8);
        }

        w.Raw("""],"total":[{"category":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/adjudication","code":"submitted","display":"Submitted Amount"}],"text":"Submitted Amount"},"amount":{"value":"""u8)
            .Amount(claim.Totals.Cost).Raw(""","currency":"USD"}}],"payment":{"amount":{"value":"""u8).Amount(claim.Totals.Covered).Raw(""","currency":"USD"}}"""u8);
        End(ResourceKind.ExplanationOfBenefit);
    }

    private ReadOnlySpan<byte> ClaimType(bool isPharmacy) => isPharmacy
        ? """{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/claim-type","code":"pharmacy"}]}"""u8
        : visit.Class is EncounterClass.Wellness or EncounterClass.Ambulatory or EncounterClass.Outpatient or EncounterClass.UrgentCare
            ? """{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/claim-type","code":"professional"}]}"""u8
            : """{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/claim-type","code":"institutional"}]}"""u8;

    /// <summary>What the lines refer to by number: supporting information, diagnoses, procedures.</summary>
    private void ClaimParts(Claim claim)
    {
        var count = 0;
        foreach (var line in claim.Lines)
        {
            if (line.Entry is Immunization or Device or Supply or Report)
            {
                w.Raw(count++ == 0 ? ",\"supportingInfo\":[{\"sequence\":"u8 : ",{\"sequence\":"u8).Whole(count)
                    .Raw(""","category":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/claiminformationcategory","code":"info"}]}"""u8);
                if (line.Entry is Immunization)
                {
                    w.Raw(""","valueReference":"""u8);
                    Reference(ResourceKind.Immunization, line.Entry.Id);
                }

                w.Raw("}"u8);
            }
        }

        if (count > 0)
        {
            w.Raw("]"u8);
        }

        Diagnoses(claim, isBenefit: false);
        count = 0;
        foreach (var line in claim.Lines)
        {
            if (line.Entry is Procedure)
            {
                w.Raw(count++ == 0 ? ",\"procedure\":[{\"sequence\":"u8 : ",{\"sequence\":"u8).Whole(count).Raw(""","procedureReference":"""u8);
                Reference(ResourceKind.Procedure, line.Entry.Id).Raw("}"u8);
            }
        }

        if (count > 0)
        {
            w.Raw("]"u8);
        }
    }

    private void Diagnoses(Claim claim, bool isBenefit)
    {
        var count = 0;
        foreach (var line in claim.Lines)
        {
            if (line.Entry is Condition)
            {
                w.Raw(count++ == 0 ? ",\"diagnosis\":[{\"sequence\":"u8 : ",{\"sequence\":"u8).Whole(count).Raw(""","diagnosisReference":"""u8);
                Reference(ResourceKind.Condition, line.Entry.Id);
                w.Raw(isBenefit ? ""","type":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/ex-diagnosistype","code":"principal"}]}]}"""u8 : "}"u8);
            }
        }

        if (count > 0)
        {
            w.Raw("]"u8);
        }
    }

    /// <summary>Opens a line: its number, and the numbers of what it is for.</summary>
    private void Item(ClaimLine line, ref Numbers numbers, bool withProcedures)
    {
        w.Raw(""",{"sequence":"""u8).Whole(++numbers.Item + 1);
        switch (line.Entry)
        {
            case Condition:
                w.Raw(""","diagnosisSequence":["""u8).Whole(++numbers.Diagnosis).Raw("]"u8);
                break;
            case Procedure when withProcedures:
                w.Raw(""","procedureSequence":["""u8).Whole(++numbers.Procedure).Raw("]"u8);
                break;
            case Immunization or Device or Supply or Report:
                w.Raw(""","informationSequence":["""u8).Whole(++numbers.Information).Raw("]"u8);
                break;
        }
    }

    private void Net(ClaimLine line)
    {
        if (line.Entry is not Condition)
        {
            w.Raw(""","net":{"value":"""u8).Amount(line.Entry.Cost).Raw(""","currency":"USD"}"""u8);
        }
    }

    private void BenefitService(Entry entry)
    {
        w.Raw(""","category":{"coding":[{"system":"https://bluebutton.cms.gov/resources/variables/line_cms_type_srvc_cd","code":"1","display":"Medical care"}]},"productOrService":"""u8);
        Concept(entry.Codes);
        w.Raw(""","servicedPeriod":"""u8);
        Period(visit.Start, visit.Stop);
        w.Raw(visit.Class switch
        {
            EncounterClass.Wellness => ",\"locationCodeableConcept\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/ex-serviceplace\",\"code\":\"19\",\"display\":\"Off Campus-Outpatient Hospital\"}]}"u8,
            EncounterClass.UrgentCare => ",\"locationCodeableConcept\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/ex-serviceplace\",\"code\":\"20\",\"display\":\"Urgent Care Facility\"}]}"u8,
            _ => ",\"locationCodeableConcept\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/ex-serviceplace\",\"code\":\"21\",\"display\":\"Inpatient Hospital\"}]}"u8,
        });
    }

    /// <summary>How a line was settled; what the patient bears beside the deductible stands as coinsurance, so that the parts add up to the charge.</summary>
    private void Adjudications(ClaimLine line)
    {
        if (line.Entry is Condition)
        {
            return;
        }

        var costs = line.Costs;
        w.Raw(""","adjudication":["""u8);
        Part("coinsrnc_amt"u8, "Line Beneficiary Coinsurance Amount"u8, costs.Cost - costs.Covered - costs.Deductible);
        Part("prvdr_pmt_amt"u8, "Line Provider Payment Amount"u8, costs.Covered);
        Part("sbmtd_chrg_amt"u8, "Line Submitted Charge Amount"u8, line.Entry.Cost);
        Part("alowd_chrg_amt"u8, "Line Allowed Charge Amount"u8, line.Entry.Cost);
        Part("bene_ptb_ddctbl_amt"u8, "Line Beneficiary Part B Deductible Amount"u8, costs.Deductible);
        w.Raw("""{"category":{"coding":[{"system":"https://bluebutton.cms.gov/resources/codesystem/adjudication","code":"https://bluebutton.cms.gov/resources/variables/line_prcsg_ind_cd","display":"Line Processing Indicator Code"}]}}]"""u8);

        void Part(ReadOnlySpan<byte> code, ReadOnlySpan<byte> display, Money amount)
            => w.Raw("""{"category":{"coding":[{"system":"https://bluebutton.cms.gov/resources/codesystem/adjudication","code":" """u8[..^1]).Raw("https://bluebutton.cms.gov/resources/variables/line_"u8).Raw(code)
                .Raw("\",\"display\":\""u8).Raw(display).Raw("\"}]},\"amount\":{\"value\":"u8).Amount(amount).Raw(""","currency":"USD"}},"""u8);
    }

    [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
    private struct Numbers
    {
        public int Item;
        public int Diagnosis;
        public int Procedure;
        public int Information;
    }
}
