namespace FhirAspire.Simulation.Lifecycle;

/// <summary>Vital signs and laboratory values that module files may read or set; names in <see cref="VitalSigns.Names"/>.</summary>
internal enum VitalSign
{
    Height,
    Weight,
    HeightPercentile,
    WeightPercentile,
    Bmi,
    HeadCircumference,
    HeadCircumferencePercentile,
    SystolicBloodPressure,
    DiastolicBloodPressure,
    OxygenSaturation,
    BloodGlucose,
    Glucose,
    UreaNitrogen,
    Creatinine,
    Calcium,
    Sodium,
    Potassium,
    Chloride,
    CarbonDioxide,
    TotalCholesterol,
    Triglycerides,
    Ldl,
    Hdl,
    MicroalbuminCreatinineRatio,
    Egfr,
    EjectionFraction,
    HeartRate,
    RespirationRate,
}

internal static class VitalSigns
{
    /// <summary>Names as in module files, in the order of the enumeration; compared without regard to case.</summary>
    public static readonly string[] Names =
    [
        "Height", "Weight", "Height Percentile", "Weight Percentile", "BMI", "Head Circumference", "Head Circumference Percentile",
        "Systolic Blood Pressure", "Diastolic Blood Pressure", "Oxygen Saturation", "Blood Glucose", "Glucose", "Urea Nitrogen",
        "Creatinine", "Calcium", "Sodium", "Potassium", "Chloride", "Carbon Dioxide", "Total Cholesterol", "Triglycerides", "LDL", "HDL",
        "Microalbumin Creatinine Ratio", "EGFR", "Left ventricular Ejection fraction", "Heart Rate", "Respiration Rate",
    ];

    public static readonly int Count = Names.Length;

    public static bool TryParse(string name, out int key)
    {
        var plain = name.Replace('_', ' ');
        key = Array.FindIndex(Names, known => known.Equals(plain, StringComparison.OrdinalIgnoreCase));
        return key >= 0;
    }

    /// <summary>Decimals to which a read is rounded (half up).</summary>
    public static int Decimals(VitalSign sign) => sign switch
    {
        VitalSign.SystolicBloodPressure or VitalSign.DiastolicBloodPressure or VitalSign.HeartRate or VitalSign.RespirationRate => 0,
        VitalSign.Height or VitalSign.Weight => 1,
        _ => 2,
    };
}
