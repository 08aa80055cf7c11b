using System.Runtime.CompilerServices;
using System.Text;
using FhirAspire.Simulation;
using FhirAspire.Simulation.Providers;
using FhirAspire.Simulation.Record;

namespace FhirAspire.Fhir.Bundles;

/// <summary>
/// Writes single resources as JSON; which ones, and in which order, is the caller's matter. Every element but the first begins with its
/// own comma, since <see cref="Begin"/> has written <c>resourceType</c> before it. One object per thread: it keeps what it has encoded
/// (codes, providers) and the state of the patient that is being written.
/// </summary>
internal sealed partial class ResourceWriter : IDisposable
{
    private const string SyntheaSystem = "https://github.com/synthetichealth/synthea";

    /// <summary>The location of encounters by video, telephone or at home; the same in every run.</summary>
    public static readonly Guid PatientsHome = new("5f3c1f3e-6a0b-8c56-9d0e-1b6a2f4c7d10");

    private static readonly byte[][] KindNames = [.. Enum.GetNames<ResourceKind>().Select(Encoding.UTF8.GetBytes)];

    private readonly Dictionary<Code, CodeJson> codes = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Provider, ProviderJson> providers = new(ReferenceEqualityComparer.Instance);
    private readonly List<(ResourceKind Kind, Guid Id)> targets = [];
    private readonly Dictionary<string, Guid> conditionByCode = new(StringComparer.Ordinal);
    private readonly HashSet<Entry> included = new(ReferenceEqualityComparer.Instance);
    private readonly Utf8Buffer subject = new(256);
    private readonly Utf8Buffer encounterReference = new(256);
    private readonly Func<ResourceKind, Utf8Buffer> target;
    private readonly ReferenceForm form;
    private readonly bool usCore;
    private readonly bool inBundle;
    private readonly bool hasRequests;
    private Utf8Buffer w;
    private int entries;

    /// <summary>For the entries of a bundle.</summary>
    public ResourceWriter(Utf8Buffer buffer, BundleOptions options)
        : this(_ => buffer, options.References == ReferenceStyle.Contained ? ReferenceForm.Contained : ReferenceForm.Conditional, options.UsCore)
    {
        inBundle = true;
        hasRequests = options.Kind == BundleKind.Transaction;
    }

    /// <summary>For lines of NDJSON, a buffer for each type.</summary>
    public ResourceWriter(Func<ResourceKind, Utf8Buffer> target, bool usCore)
        : this(target, ReferenceForm.Relative, usCore)
    {
    }

    private ResourceWriter(Func<ResourceKind, Utf8Buffer> target, ReferenceForm form, bool usCore)
    {
        this.target = target;
        this.form = form;
        this.usCore = usCore;
        w = target(ResourceKind.Patient);
    }

    private enum ReferenceForm
    {
        Conditional,
        Contained,
        Relative,
    }

    /// <summary>Resources written since <see cref="Reset"/>.</summary>
    public int Count => targets.Count;

    /// <summary>Providers of the encounters that were written since <see cref="Reset"/>, each once.</summary>
    public List<Provider> UsedProviders { get; } = [];

    public bool UsedPatientsHome { get; private set; }

    /// <summary>Begins another patient, or another file.</summary>
    public void Reset()
    {
        entries = 0;
        targets.Clear();
        conditionByCode.Clear();
        included.Clear();
        UsedProviders.Clear();
        UsedPatientsHome = false;
        ResetNote();
    }

    public void Dispose()
    {
        subject.Dispose();
        encounterReference.Dispose();
        DisposeNote();
    }

    private void Begin(ResourceKind kind, Guid id, string? profile = null)
    {
        w = target(kind);
        targets.Add((kind, id));
        if (inBundle)
        {
            if (entries++ > 0)
            {
                w.Raw(","u8);
            }

            w.Raw("""{"fullUrl":"urn:uuid:"""u8).Id(id).Raw("\",\"resource\":"u8);
        }

        w.Raw("""{"resourceType":" """u8[..^1]).Raw(KindNames[(int)kind]).Raw("\",\"id\":\""u8).Id(id).Raw("\""u8);
        if (usCore && profile is not null)
        {
            w.Raw(",\"meta\":{\"profile\":[\"http://hl7.org/fhir/us/core/StructureDefinition/"u8).Plain(profile).Raw("\"]}"u8);
        }
    }

    /// <summary>Ends a resource; with a condition where a server that has such a resource already shall keep that.</summary>
    private void End(ResourceKind kind, ReadOnlySpan<byte> ifNoneExist = default)
    {
        w.Raw("}"u8);
        if (!inBundle)
        {
            w.Raw("\n"u8);
            return;
        }

        if (hasRequests)
        {
            w.Raw(""","request":{"method":"POST","url":" """u8[..^1]).Raw(KindNames[(int)kind]).Raw("\""u8);
            if (!ifNoneExist.IsEmpty)
            {
                w.Raw(""","ifNoneExist":" """u8[..^1]).Raw(ifNoneExist).Raw("\""u8);
            }

            w.Raw("}"u8);
        }

        w.Raw("}"u8);
    }

    private Utf8Buffer Reference(ResourceKind kind, Guid id) => Reference(w, kind, id);

    private Utf8Buffer Reference(Utf8Buffer to, ResourceKind kind, Guid id)
    {
        OpenReference(to, kind, id);
        return to.Raw("\"}"u8);
    }

    private void OpenReference(Utf8Buffer to, ResourceKind kind, Guid id)
    {
        to.Raw("""{"reference":" """u8[..^1]);
        if (form == ReferenceForm.Relative)
        {
            to.Raw(KindNames[(int)kind]).Raw("/"u8);
        }
        else
        {
            to.Raw("urn:uuid:"u8);
        }

        to.Id(id);
    }

    private Utf8Buffer Subject() => w.Raw(subject.WrittenSpan);

    private Utf8Buffer Visit() => w.Raw(encounterReference.WrittenSpan);

    /// <summary>A concept: the codings, and the text of the first.</summary>
    private Utf8Buffer Concept(IReadOnlyList<Code> of)
    {
        if (of.Count == 1)
        {
            return w.Raw(Json(of[0]).Concept);
        }

        w.Raw("""{"coding":["""u8);
        for (var i = 0; i < of.Count; i++)
        {
            if (i > 0)
            {
                w.Raw(","u8);
            }

            w.Raw(Json(of[i]).Coding);
        }

        return w.Raw("""],"text":"""u8).Text(of[0].Display).Raw("}"u8);
    }

    private CodeJson Json(Code code)
    {
        if (!codes.TryGetValue(code, out var json))
        {
            json = new CodeJson(code);
            codes.Add(code, json);
        }

        return json;
    }

    /// <summary>
    /// Why something was done: the condition of this record where there is one, else the code. The condition is looked for by its code, as what is
    /// left of a shortened record may be another occurrence of it.
    /// </summary>
    private void Reason(Code? reason, Entry? entry)
    {
        if (reason is null)
        {
            return;
        }

        if (ConditionOf(reason, entry) is { } condition)
        {
            w.Raw(""","reasonReference":["""u8);
            OpenReference(w, ResourceKind.Condition, condition);
            w.Raw("\",\"display\":"u8).Text(reason.Display).Raw("}]"u8);
            return;
        }

        w.Raw(""","reasonCode":["""u8).Raw(Json(reason).Concept).Raw("]"u8);
    }

    private Guid? ConditionOf(Code reason, Entry? entry)
    {
        if (entry is Condition && entry.Codes.Count > 0 && entry.Code.Value == reason.Value && included.Contains(entry))
        {
            return entry.Id;
        }

        return conditionByCode.TryGetValue(reason.Value, out var id) ? id : null;
    }

    /// <summary>A code as JSON, encoded once.</summary>
    private sealed class CodeJson
    {
        public CodeJson(Code code)
        {
            using var buffer = new Utf8Buffer(512);
            buffer.Raw("""{"system":"""u8).Text(code.SystemUri);
            if (code.Version is { Length: > 0 } version)
            {
                buffer.Raw(""","version":"""u8).Text(version);
            }

            buffer.Raw(""","code":"""u8).Text(code.Value);
            if (code.Display.Length > 0)
            {
                buffer.Raw(""","display":"""u8).Text(code.Display);
            }

            Coding = buffer.Raw("}"u8).WrittenSpan.ToArray();
            buffer.Clear();
            buffer.Raw("""{"coding":["""u8).Raw(Coding).Raw("]"u8);
            if (code.Display.Length > 0)
            {
                buffer.Raw(""","text":"""u8).Text(code.Display);
            }

            Concept = buffer.Raw("}"u8).WrittenSpan.ToArray();
            InNote = Encoding.UTF8.GetBytes(code.Display.ToLowerInvariant());
        }

        /// <summary>A Coding.</summary>
        public byte[] Coding { get; }

        /// <summary>A CodeableConcept.</summary>
        public byte[] Concept { get; }

        /// <summary>The text as clinical notes write it.</summary>
        public byte[] InNote { get; }
    }
}
