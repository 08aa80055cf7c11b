using FhirAspire.Simulation.Engine;
using FhirAspire.Simulation.Record;

namespace FhirAspire.Simulation.Modules.States;

/// <summary>What is observed; also a component of a multi-observation or of a report.</summary>
internal sealed class ObservationSpec
{
    public required Code[] Codes { get; init; }

    public string? Category { get; init; }

    public string Unit { get; init; } = "";

    public NumberSource? Number { get; init; }

    /// <summary>A fixed text or boolean.</summary>
    public AttributeValue Fixed { get; init; }

    /// <summary>Slot of the attribute that holds the value; -1 for none.</summary>
    public int Attribute { get; init; } = -1;

    /// <summary>Key of the vital sign that gives the value; -1 for none.</summary>
    public int VitalSign { get; init; } = -1;

    public Code? ValueCode { get; init; }

    /// <summary>Components, when this is a multi-observation.</summary>
    public ObservationSpec[]? Components { get; init; }

    public Observation Observe(Life life, Frame frame, long time)
    {
        var observation = life.Writer.NewObservation(Codes, Category, Unit, time);
        if (Components is not null)
        {
            var components = new Observation[Components.Length];
            for (var i = 0; i < components.Length; i++)
            {
                components[i] = Components[i].Observe(life, frame, time);
            }

            observation.Components = components;
        }
        else if (Number is not null)
        {
            observation.Set(Number.Draw(life.Random));
        }
        else if (Attribute >= 0)
        {
            SetTo(observation, life.Attributes[Attribute]);
        }
        else if (VitalSign >= 0)
        {
            observation.Set(life.Vitals.Read(VitalSign, time, frame));
        }
        else if (ValueCode is not null)
        {
            observation.Set(ValueCode);
        }
        else
        {
            SetTo(observation, Fixed);
        }

        return observation;
    }

    private static void SetTo(Observation observation, AttributeValue value)
    {
        switch (value.Kind)
        {
            case AttributeKind.Boolean:
                observation.Set(value.IsTrue);
                break;
            case AttributeKind.Integer or AttributeKind.Real:
                observation.Set(value.Number);
                break;
            case AttributeKind.Text:
                observation.Set(value.Text!);
                break;
            case AttributeKind.Code or AttributeKind.Entry:
                observation.Set(value.AsCode()!);
                break;
        }
    }
}

/// <summary>An observation, plain or with components.</summary>
internal sealed class ObservationState : State
{
    public required ObservationSpec Spec { get; init; }

    public override bool Process(Life life, Frame frame, long time)
    {
        life.Writer.Add(Spec.Observe(life, frame, time), Name);
        return true;
    }
}

/// <summary>Observations and a report over them.</summary>
internal sealed class DiagnosticReportState : State
{
    public required Code[] Codes { get; init; }

    public required ObservationSpec[] Observations { get; init; }

    public override bool Process(Life life, Frame frame, long time)
    {
        var observations = new Observation[Observations.Length];
        for (var i = 0; i < observations.Length; i++)
        {
            observations[i] = Observations[i].Observe(life, frame, time);
            life.Writer.Add(observations[i], Name);
        }

        life.Writer.AddReport(Codes, observations, time).Name = Name;
        return true;
    }
}

/// <summary>A series of images as the module gives it.</summary>
/// <param name="BodySite">Body site.</param>
/// <param name="Modality">Modality.</param>
/// <param name="Instances">Title and SOP class of each image.</param>
/// <param name="MinInstances">Least number of copies of the first image; 0 when not random.</param>
/// <param name="MaxInstances">Greatest number of copies.</param>
internal sealed record SeriesSpec(Code BodySite, Code Modality, (string Title, Code SopClass)[] Instances, int MinInstances, int MaxInstances);

/// <summary>An imaging study, and the procedure by which it is made.</summary>
internal sealed class ImagingStudyState : State
{
    public required Code ProcedureCode { get; init; }

    public required SeriesSpec[] Series { get; init; }

    public int MinSeries { get; init; }

    public int MaxSeries { get; init; }

    public override bool Process(Life life, Frame frame, long time)
    {
        var count = MaxSeries > 0 ? MinSeries + life.Random.NextInt(MaxSeries - MinSeries + 1) : Series.Length;
        var study = life.Writer.AddImagingStudy(ProcedureCode, time);
        study.Name = Name;
        var series = new ImagingSeries[count];
        for (var s = 0; s < count; s++)
        {
            var spec = MaxSeries > 0 ? Series[0] : Series[s];
            var images = spec.MaxInstances > 0
                ? spec.MinInstances + life.Random.NextInt(spec.MaxInstances - spec.MinInstances + 1)
                : spec.Instances.Length;
            var instances = new ImagingInstance[images];
            for (var i = 0; i < images; i++)
            {
                var (title, sop) = spec.MaxInstances > 0 ? spec.Instances[0] : spec.Instances[i];
                instances[i] = new ImagingInstance(life.Writer.DicomUid(study, s + 1, i + 1, time), title, sop);
            }

            series[s] = new ImagingSeries(life.Writer.DicomUid(study, s + 1, 0, time), spec.BodySite, spec.Modality, instances);
        }

        study.Series = series;
        return true;
    }
}
