using FhirAspire.Simulation.Modules;

namespace FhirAspire.Simulation.Engine;

/// <summary>Slots of the attributes that the built-in parts read or set.</summary>
internal sealed class Slots(AttributeTable table)
{
    public int Gender { get; } = table.Slot("gender");

    public int Race { get; } = table.Slot("race");

    public int Ethnicity { get; } = table.Slot("ethnicity");

    public int State { get; } = table.Slot("state");

    public int City { get; } = table.Slot("city");

    public int County { get; } = table.Slot("county");

    public int Address { get; } = table.Slot("address");

    public int FirstLanguage { get; } = table.Slot("first_language");

    public int BirthCountry { get; } = table.Slot("birth_country");

    public int MaritalStatus { get; } = table.Slot("marital_status");

    public int Education { get; } = table.Slot("education");

    public int Income { get; } = table.Slot("income");

    public int PovertyRatio { get; } = table.Slot("poverty_ratio");

    public int Unemployed { get; } = table.Slot("unemployed");

    public int FoodInsecurity { get; } = table.Slot("food_insecurity");

    public int HousingCostBurden { get; } = table.Slot("severe_housing_cost_burden");

    public int NoVehicleAccess { get; } = table.Slot("no_vehicle_access");

    public int Uninsured { get; } = table.Slot("uninsured");

    public int VeteranOverride { get; } = table.Slot("veteran_population_override");

    public int Veteran { get; } = table.Slot("veteran");

    public int SexualOrientation { get; } = table.Slot("sexual_orientation");

    public int RhNegative { get; } = table.Slot("RH_NEG");

    public int Smoker { get; } = table.Slot("smoker");

    public int QuitSmokingAge { get; } = table.Slot("quit smoking age");

    public int Alcoholic { get; } = table.Slot("alcoholic");

    public int FallRisk { get; } = table.Slot("probability_of_fall_injury");

    public int Osteoporosis { get; } = table.Slot("osteoporosis");

    public int InsuranceStatus { get; } = table.Slot("insurance_status");

    public int DaysUntilDeath { get; } = table.Slot("days_until_death");

    public int BmiPercentile { get; } = table.Slot("bmi_percentile");

    public int WeightLengthPercentile { get; } = table.Slot("current_weight_length_percentile");

    public int InfarctionRisk { get; } = table.Slot("mi_risk");

    public int IschaemiaRisk { get; } = table.Slot("ihd_risk");

    public int StrokeRisk { get; } = table.Slot("stroke_risk");

    public int FibrillationRisk { get; } = table.Slot("atrial_fibrillation_risk");

    public int CardioRisk { get; } = table.Slot("cardio_risk");

    public int Fibrillation { get; } = table.Slot("atrial_fibrillation");

    public int CoronaryDisease { get; } = table.Slot("coronary_heart_disease");

    public int VentricularHypertrophy { get; } = table.Slot("left_ventricular_hypertrophy");

    public int PressureControlled { get; } = table.Slot("blood_pressure_controlled");

    public int Hypertension { get; } = table.Slot("hypertension");

    public int HypertensionSevere { get; } = table.Slot("hypertension_severe");

    public int Diabetes { get; } = table.Slot("diabetes");

    public int Prediabetes { get; } = table.Slot("prediabetes");

    public int DiabetesSeverity { get; } = table.Slot("diabetes_severity");

    public int KidneyDisease { get; } = table.Slot("ckd");

    public int RenalFailure { get; } = table.Slot("end_stage_renal_disease");

    public int HeartFailure { get; } = table.Slot("chf");

    public int Blindness { get; } = table.Slot("blindness");

    public int Pregnant { get; } = table.Slot("pregnant");

    public int WeightManagement { get; } = table.Slot("active_weight_management");

    public int WeightLossAdherence { get; } = table.Slot("weight_loss_adherence");

    public int KilogramsToGain { get; } = table.Slot("kilograms_to_gain");

    public int TriggerWeightLoss { get; } = table.Slot("trigger_weight_loss");

    public int FullyVaccinatedCovid { get; } = table.Slot("C19_FULLY_VACCINATED");

    public int BirthWeek { get; } = table.Slot("pregnancy_birth_week");

    public int BirthDate { get; } = table.Slot("pregnancy_birth_date");

    public int BirthWeight { get; } = table.Slot("pregnancy_birth_weight");

    public int BirthHeight { get; } = table.Slot("pregnancy_birth_height");

    public int BirthSex { get; } = table.Slot("pregnancy_birth_sex");
}
