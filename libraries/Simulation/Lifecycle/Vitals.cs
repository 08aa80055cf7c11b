using FhirAspire.Simulation.Engine;
using FhirAspire.Simulation.Modules;
using FhirAspire.Simulation.Random;

namespace FhirAspire.Simulation.Lifecycle;

/// <summary>
/// A person's vital signs and laboratory values (modules.md 8.3, 9.2). Most are drawn anew each step, but few are ever read: so they are drawn
/// when read, from a counter (life, step, sign), which gives the same value as drawing all of them at the start of the step.
/// </summary>
internal sealed class Vitals(Life life)
{
    private readonly NumberSource?[] overrides = new NumberSource?[VitalSigns.Count];
    private readonly long[] overriddenAt = new long[VitalSigns.Count];
    private readonly BloodPressure pressure = new(life);
    private ulong key;
    private long step;
    private bool hasLowHdl;
    private bool hasHighCholesterol;
    private int severity;
    private int kidneyStage;
    private bool isPrediabetic;
    private bool isDiabetic;
    private bool hasHeartFailure;

    public double Height { get; set; }

    public double Weight { get; set; }

    public double HeightPercentile { get; set; }

    public double WeightPercentile { get; set; }

    public double Bmi { get; set; }

    public double HeadCircumference { get; set; }

    public void Reset(ulong vitalKey)
    {
        key = vitalKey;
        step = 0;
        Array.Clear(overrides);
        pressure.Reset();

        // Shares of the population with high total cholesterol (11.4 %) and low HDL (26.6 % of men, 8.5 % of women): NCHS data brief 363, 2020.
        hasLowHdl = SplitMix.ToUnit(SplitMix.Derive(key, 1)) < (life.Gender == "M" ? 0.266 : 0.085);
        hasHighCholesterol = SplitMix.ToUnit(SplitMix.Derive(key, 2)) < 0.114;
    }

    /// <summary>Fixes what the values of this step depend on.</summary>
    public void BeginStep()
    {
        step++;
        var slots = life.World.Slots;
        var attributes = life.Attributes;
        severity = attributes[slots.DiabetesSeverity].Exists ? Math.Clamp((int)attributes[slots.DiabetesSeverity].Number, 0, 4) : 0;
        kidneyStage = attributes[slots.KidneyDisease].IsNumber ? (int)attributes[slots.KidneyDisease].Number : 0;
        isPrediabetic = attributes[slots.Prediabetes].IsTrue;
        isDiabetic = attributes[slots.Diabetes].IsTrue;
        hasHeartFailure = attributes[slots.HeartFailure].Exists;
    }

    /// <summary>From now on the sign is drawn from the source at every read; the recalculated ones only until the step ends.</summary>
    public void Override(int sign, NumberSource source)
    {
        overrides[sign] = source;
        overriddenAt[sign] = step;
    }

    public bool Has(int sign) => Overridden(sign) is not null || (VitalSign)sign is not VitalSign.EjectionFraction;

    /// <summary>The value as observations and conditions see it: rounded half up.</summary>
    public double Read(int sign, long time, Frame frame)
    {
        var value = Raw(sign, time, frame);
        var scale = VitalSigns.Decimals((VitalSign)sign) switch { 0 => 1.0, 1 => 10.0, _ => 100.0 };
        return Math.Floor((value * scale) + 0.5) / scale;
    }

    public double Systolic(long time) => Overridden((int)VitalSign.SystolicBloodPressure) is { } source ? source.Draw(life.Random) : pressure.Systolic(time);

    public double TotalCholesterol => severity > 0 ? Banded(VitalSign.TotalCholesterol, CholesterolBands)
        : hasHighCholesterol ? Normal(VitalSign.TotalCholesterol, 280, 20) : Normal(VitalSign.TotalCholesterol, 170, 30);

    public double Hdl => severity > 0 ? Banded(VitalSign.Hdl, HdlBands)
        : hasLowHdl ? Normal(VitalSign.Hdl, 30, 3) : Normal(VitalSign.Hdl, 55, 5);

    // Bands of worsening diabetes: https://www.nlm.nih.gov/medlineplus/magazine (lipid panel), basic metabolic panel of MedlinePlus.
    private static readonly double[] CholesterolBands = [160, 200, 239, 259, 279, 300];
    private static readonly double[] TriglycerideBands = [100, 150, 199, 499, 550, 600];
    private static readonly double[] HdlBands = [80, 59, 40, 20, 10, 0];
    private static readonly double[] GlucoseBands = [64, 100, 125, 200];

    private NumberSource? Overridden(int sign)
        => overrides[sign] is { } source && (overriddenAt[sign] == step || IsKept((VitalSign)sign)) ? source : null;

    /// <summary>Signs that the recalculation of each step leaves alone.</summary>
    private static bool IsKept(VitalSign sign) => sign is VitalSign.EjectionFraction or VitalSign.HeadCircumferencePercentile
        or VitalSign.SystolicBloodPressure or VitalSign.DiastolicBloodPressure or VitalSign.HeightPercentile or VitalSign.WeightPercentile;

    private double Raw(int sign, long time, Frame frame)
    {
        if (Overridden(sign) is { } source)
        {
            return source.Draw(life.Random);
        }

        return (VitalSign)sign switch
        {
            VitalSign.Height => Height,
            VitalSign.Weight => Weight,
            VitalSign.HeightPercentile => HeightPercentile,
            VitalSign.WeightPercentile => WeightPercentile,
            VitalSign.Bmi => Bmi,
            VitalSign.HeadCircumference => HeadCircumference,
            VitalSign.HeadCircumferencePercentile => HeightPercentile * 100,
            VitalSign.SystolicBloodPressure => pressure.Systolic(time),
            VitalSign.DiastolicBloodPressure => pressure.Diastolic(time),
            VitalSign.OxygenSaturation => Math.Floor(hasHeartFailure ? Between(VitalSign.OxygenSaturation, 75, 89) : Between(VitalSign.OxygenSaturation, 90, 99)),
            VitalSign.BloodGlucose => GlycatedHaemoglobin(),
            VitalSign.Glucose => Banded(VitalSign.Glucose, GlucoseBands, Math.Min(severity, 2)),
            VitalSign.UreaNitrogen => Between(VitalSign.UreaNitrogen, 7, 20),
            VitalSign.Creatinine => Creatinine(time),
            VitalSign.Calcium => Between(VitalSign.Calcium, 8.5, 10.2),
            VitalSign.Sodium => Between(VitalSign.Sodium, 136, 144),
            VitalSign.Potassium => Between(VitalSign.Potassium, 3.7, 5.2),
            VitalSign.Chloride => Between(VitalSign.Chloride, 101, 111),
            VitalSign.CarbonDioxide => Between(VitalSign.CarbonDioxide, 20, 29),
            VitalSign.TotalCholesterol => TotalCholesterol,
            VitalSign.Triglycerides => Triglycerides,
            VitalSign.Hdl => Hdl,
            VitalSign.Ldl => TotalCholesterol - Hdl - (0.2 * Triglycerides),
            VitalSign.MicroalbuminCreatinineRatio => AlbuminRatio(),
            VitalSign.Egfr => FiltrationRate,
            VitalSign.HeartRate => Drifting(VitalSign.HeartRate, time, 60, 100),
            VitalSign.RespirationRate => Drifting(VitalSign.RespirationRate, time, 12, 16),
            _ => throw life.Fault(frame, $"the vital sign '{VitalSigns.Names[sign]}' has no value yet; set it with a VitalSign state first"),
        };
    }

    private double Triglycerides => Banded(VitalSign.Triglycerides, TriglycerideBands);

    private double FiltrationRate => kidneyStage switch
    {
        1 => Between(VitalSign.Egfr, 60, 90),
        2 => Between(VitalSign.Egfr, 30, 59),
        3 => Between(VitalSign.Egfr, 15, 29),
        4 => Between(VitalSign.Egfr, 1, 15),
        _ => life.Gender == "F" ? Between(VitalSign.Egfr, 56, 161) : Between(VitalSign.Egfr, 77, 160),
    };

    private double AlbuminRatio() => kidneyStage switch
    {
        2 => Between(VitalSign.MicroalbuminCreatinineRatio, 17, 30),
        3 => Between(VitalSign.MicroalbuminCreatinineRatio, 30, 300),
        4 => Between(VitalSign.MicroalbuminCreatinineRatio, 300, 600),
        _ => Between(VitalSign.MicroalbuminCreatinineRatio, 0, 17),
    };

    /// <summary>Cockcroft and Gault 1976, solved for creatinine; clearance held between 1 and 100.</summary>
    private double Creatinine(long time)
    {
        var clearance = Math.Clamp(FiltrationRate, 1, 100);
        var creatinine = (140.0 - life.AgeInYears(time)) * Weight / (72.0 * clearance);
        return life.Gender == "F" ? creatinine * 0.85 : creatinine;
    }

    private double GlycatedHaemoglobin()
    {
        var value = isDiabetic
            ? Bmi > 48 ? 12.0 : Bmi <= 27 ? 6.6 : Bmi / 4
            : isPrediabetic ? Between(VitalSign.BloodGlucose, 5.8, 6.4) : Between(VitalSign.BloodGlucose, 5.0, 5.7);
        return isDiabetic || isPrediabetic ? value + life.World.Known.DiabetesDrugEffect(life) : value;
    }

    private double Unit(VitalSign sign, ulong lane = 0) => SplitMix.ToUnit(SplitMix.Derive(key ^ ((ulong)step * SplitMix.Golden), ((ulong)sign << 4) | lane | 0x100));

    private double Between(VitalSign sign, double low, double high) => low + ((high - low) * Unit(sign));

    private double Banded(VitalSign sign, double[] bands) => Banded(sign, bands, severity);

    private double Banded(VitalSign sign, double[] bands, int index) => Between(sign, bands[index], bands[index + 1]);

    private double Normal(VitalSign sign, double mean, double deviation)
        => mean + (deviation * Math.Sqrt(-2 * Math.Log(1 - Unit(sign))) * Math.Cos(2 * Math.PI * Unit(sign, 1)));

    /// <summary>A value that drifts over the step from one level to another, with noise of deviation 1, held in its range.</summary>
    private double Drifting(VitalSign sign, long time, double low, double high)
    {
        var start = Between(sign, low, high);
        var end = low + ((high - low) * Unit(sign, 2));
        var share = Math.Clamp((double)(time - life.StepTime) / SimTime.Step, 0, 1);
        var noise = Math.Sqrt(-2 * Math.Log(1 - Unit(sign, 3))) * Math.Cos(2 * Math.PI * Unit(sign, 4));
        return Math.Clamp(start + ((end - start) * share) + noise, low, high);
    }
}
