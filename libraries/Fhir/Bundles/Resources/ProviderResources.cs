using FhirAspire.Simulation.Providers;

namespace FhirAspire.Fhir.Bundles;

// Organization, Location, Practitioner, PractitionerRole, and how the others refer to them.
internal sealed partial class ResourceWriter
{
    private static readonly byte[] OrganizationType =
        """{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/organization-type","code":"prov","display":"Healthcare Provider"}],"text":"Healthcare Provider"}"""u8.ToArray();

    // Every clinician is one: the reference data knows no other speciality (http://nucc.org/provider-taxonomy).
    private static readonly byte[] GeneralPractice =
        """{"coding":[{"system":"http://nucc.org/provider-taxonomy","code":"208D00000X","display":"General Practice Physician"}],"text":"General Practice Physician"}"""u8.ToArray();

    /// <summary>An organization; with what a run has used of it, if that is known.</summary>
    public void WriteOrganization(Provider provider, ProviderCounts? counts)
    {
        Begin(ResourceKind.Organization, provider.Id, "us-core-organization");
        if (counts is { } use)
        {
            w.Raw(""","extension":["""u8);
            Utilization("encounters", use.Encounters);
            w.Raw(","u8);
            Utilization("procedures", use.Procedures);
            w.Raw(","u8);
            Utilization("labs", use.Labs);
            w.Raw(","u8);
            Utilization("prescriptions", use.Prescriptions);
            if (provider.Beds > 0)
            {
                w.Raw(""",{"url":"http://synthetichealth.github.io/synthea/bed-count-extension","valueInteger":"""u8).Whole(provider.Beds).Raw("}"u8);
            }

            w.Raw("]"u8);
        }

        OwnIdentifier(provider.Id);
        w.Raw(""","active":true,"type":["""u8).Raw(OrganizationType).Raw("""],"name":"""u8).Text(provider.Name);
        Telecom(provider.Phone);
        w.Raw(""","address":["""u8);
        Address(provider);
        w.Raw("]"u8);
        End(ResourceKind.Organization, IfNoneExist(provider.Id));
    }

    /// <summary>The place of an organization.</summary>
    public void WriteLocation(Provider provider)
    {
        Begin(ResourceKind.Location, provider.LocationId, "us-core-location");
        OwnIdentifier(provider.LocationId);
        w.Raw(""","status":"active","name":"""u8).Text(provider.Name);
        Telecom(provider.Phone);
        w.Raw(""","address":"""u8);
        Address(provider);
        w.Raw(""","position":{"longitude":"""u8).Real(provider.Longitude).Raw(""","latitude":"""u8).Real(provider.Latitude).Raw("}"u8);
        w.Raw(""","managingOrganization":"""u8);
        LogicalReference(SyntheaSystem, provider.Id, provider.Name);
        End(ResourceKind.Location, IfNoneExist(provider.LocationId));
    }

    /// <summary>The place of encounters at home, by telephone or video.</summary>
    public void WriteHomeLocation()
    {
        Begin(ResourceKind.Location, PatientsHome);
        OwnIdentifier(PatientsHome);
        w.Raw(""","status":"active","description":"Patient's Home","mode":"kind","physicalType":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/location-physical-type","code":"ho","display":"House"}]}"""u8);
        End(ResourceKind.Location, IfNoneExist(PatientsHome));
    }

    /// <summary>A clinician; with the number of encounters of a run, if that is known.</summary>
    public void WritePractitioner(Clinician clinician, ProviderCounts? counts)
    {
        var provider = clinician.Provider;
        Begin(ResourceKind.Practitioner, clinician.Id, "us-core-practitioner");
        if (counts is { } use)
        {
            w.Raw(""","extension":["""u8);
            Utilization("encounters", use.Encounters);
            if (use.Procedures > 0)
            {
                w.Raw(","u8);
                Utilization("procedures", use.Procedures);
            }

            w.Raw("]"u8);
        }

        w.Raw(""","identifier":[{"system":"http://hl7.org/fhir/sid/us-npi","value":"""u8).Text(clinician.Npi).Raw("""}],"active":true,"name":[{"family":"""u8)
            .Text(clinician.LastName).Raw(""","given":["""u8).Text(clinician.FirstName).Raw("""],"prefix":["Dr."]}],"telecom":["""u8);
        Mail(clinician);
        w.Raw("""],"address":["""u8);
        Address(provider);
        w.Raw("""],"gender":"""u8).Raw(clinician.Gender == "F" ? "\"female\""u8 : "\"male\""u8);
        End(ResourceKind.Practitioner, System.Text.Encoding.UTF8.GetBytes("identifier=http://hl7.org/fhir/sid/us-npi|" + clinician.Npi));
    }

    /// <summary>What a clinician is at the provider.</summary>
    public void WritePractitionerRole(Clinician clinician)
    {
        var provider = clinician.Provider;
        Begin(ResourceKind.PractitionerRole, clinician.RoleId, "us-core-practitionerrole");
        w.Raw(""","practitioner":{"identifier":{"system":"http://hl7.org/fhir/sid/us-npi","value":"""u8).Text(clinician.Npi).Raw("""},"display":"""u8)
            .Text("Dr. " + clinician.FullName).Raw("""},"organization":"""u8);
        LogicalReference(SyntheaSystem, provider.Id, provider.Name);
        w.Raw(""","code":["""u8).Raw(GeneralPractice).Raw("""],"specialty":["""u8).Raw(GeneralPractice).Raw("""],"location":["""u8);
        LogicalReference(SyntheaSystem, provider.LocationId, provider.Name);
        w.Raw("""],"telecom":["""u8);
        if (provider.Phone.Length > 0)
        {
            w.Raw("""{"system":"phone","value":"""u8).Text(provider.Phone).Raw("},"u8);
        }

        Mail(clinician);
        w.Raw("]"u8);
        End(ResourceKind.PractitionerRole);
    }

    private ProviderJson Json(Provider provider)
    {
        if (!providers.TryGetValue(provider, out var json))
        {
            json = new ProviderJson(this, provider);
            providers.Add(provider, json);
        }

        return json;
    }

    private void Utilization(string what, int count)
        => w.Raw("""{"url":"http://synthetichealth.github.io/synthea/utilization-"""u8).Plain(what).Raw("-extension\",\"valueInteger\":"u8).Whole(count).Raw("}"u8);

    private void OwnIdentifier(Guid id)
        => w.Raw(""","identifier":[{"system":"https://github.com/synthetichealth/synthea","value":" """u8[..^1]).Id(id).Raw("\"}]"u8);

    private void Telecom(string phone)
    {
        if (phone.Length > 0)
        {
            w.Raw(""","telecom":[{"system":"phone","value":"""u8).Text(phone).Raw("}]"u8);
        }
    }

    private void Mail(Clinician clinician)
        => w.Raw("""{"extension":[{"url":"http://hl7.org/fhir/us/core/StructureDefinition/us-core-direct","valueBoolean":true}],"system":"email","value":"""u8)
            .Text($"{clinician.FirstName}.{clinician.LastName}@example.com".Replace(' ', '.')).Raw(""","use":"work"}"""u8);

    private void Address(Provider provider)
    {
        w.Raw("{"u8);
        if (provider.Address.Length > 0)
        {
            w.Raw("\"line\":["u8).Text(provider.Address).Raw("],"u8);
        }

        if (provider.City.Length > 0)
        {
            w.Raw("\"city\":"u8).Text(provider.City).Raw(","u8);
        }

        if (provider.Zip.Length > 0)
        {
            w.Raw("\"postalCode\":"u8).Text(provider.Zip).Raw(","u8);
        }

        w.Raw("\"state\":"u8).Text(provider.State).Raw(""","country":"US"}"""u8);
    }

    private void LogicalReference(string system, Guid id, string display)
        => w.Raw("""{"identifier":{"system":"""u8).Text(system).Raw(""","value":" """u8[..^1]).Id(id).Raw("\"},\"display\":"u8).Text(display).Raw("}"u8);

    private static byte[] IfNoneExist(Guid id) => System.Text.Encoding.UTF8.GetBytes($"identifier={SyntheaSystem}|{id:D}");

    /// <summary>References to a provider and its clinician, encoded once.</summary>
    private sealed class ProviderJson
    {
        public ProviderJson(ResourceWriter writer, Provider provider)
        {
            var clinician = provider.Clinician;
            Organization = Encode(writer, ResourceKind.Organization, provider.Id, null, provider.Name);
            Location = Encode(writer, ResourceKind.Location, provider.LocationId, null, provider.Name);
            Clinician = Encode(writer, ResourceKind.Practitioner, clinician.Id, clinician.Npi, "Dr. " + clinician.FullName);
            ClinicianAlone = Encode(writer, ResourceKind.Practitioner, clinician.Id, clinician.Npi, null);
        }

        public byte[] Organization { get; }

        public byte[] Location { get; }

        public byte[] Clinician { get; }

        public byte[] ClinicianAlone { get; }

        public static byte[] Encode(ResourceWriter writer, ResourceKind kind, Guid id, string? npi, string? display)
        {
            using var buffer = new Utf8Buffer(512);
            if (writer.form != ReferenceForm.Conditional)
            {
                writer.OpenReference(buffer, kind, id);
            }
            else
            {
                buffer.Raw("""{"reference":" """u8[..^1]).Raw(KindNames[(int)kind]).Raw("?identifier="u8);
                _ = npi is null
                    ? buffer.Plain(SyntheaSystem).Raw("|"u8).Id(id)
                    : buffer.Raw("http://hl7.org/fhir/sid/us-npi|"u8).Plain(npi);
            }

            buffer.Raw("\""u8);
            if (display is not null)
            {
                buffer.Raw(""","display":"""u8).Text(display);
            }

            return buffer.Raw("}"u8).WrittenSpan.ToArray();
        }
    }
}

/// <summary>What a run has used of a provider.</summary>
/// <param name="Encounters">Encounters.</param>
/// <param name="Procedures">Procedures.</param>
/// <param name="Labs">Diagnostic reports.</param>
/// <param name="Prescriptions">Prescriptions.</param>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
internal readonly record struct ProviderCounts(int Encounters, int Procedures, int Labs, int Prescriptions);
