using FhirAspire.Simulation.Insurance;
using FhirAspire.Simulation.Providers;
using FhirAspire.Simulation.Record;

namespace FhirAspire.Simulation;

/// <summary>Sums over the patients of a run: how much each provider was used, and what each payer paid. Not for several threads at once.</summary>
public sealed partial class RunTotals
{
    private readonly PatientGenerator generator;
    private readonly Dictionary<Guid, PayerTotals> payers = [];

    /// <summary>Sums of nothing yet.</summary>
    public RunTotals(PatientGenerator generator)
    {
        ArgumentNullException.ThrowIfNull(generator);
        this.generator = generator;
        Encounters = new int[generator.Providers.Count];
        Procedures = new int[generator.Providers.Count];
        Labs = new int[generator.Providers.Count];
        Prescriptions = new int[generator.Providers.Count];
        foreach (var payer in generator.Payers)
        {
            payers.Add(payer.Id, new PayerTotals(payer));
        }
    }

    /// <summary>Encounters by number of the provider.</summary>
    public int[] Encounters { get; }

    /// <summary>Procedures by number of the provider.</summary>
    public int[] Procedures { get; }

    /// <summary>Diagnostic reports by number of the provider.</summary>
    public int[] Labs { get; }

    /// <summary>Prescriptions by number of the provider.</summary>
    public int[] Prescriptions { get; }

    /// <summary>Patients, dead ones included.</summary>
    public int Patients { get; private set; }

    /// <summary>Living patients.</summary>
    public int Living { get; private set; }

    /// <summary>Providers that some patient used.</summary>
    public IEnumerable<Provider> UsedProviders => generator.Providers.Where(p => Encounters[p.Number] > 0);

    /// <summary>By payer.</summary>
    public IReadOnlyCollection<PayerTotals> Payers => payers.Values;

    /// <summary>Adds a patient.</summary>
    public void Add(SimulatedPatient patient)
    {
        ArgumentNullException.ThrowIfNull(patient);
        Patients++;
        if (patient.Person.IsAlive)
        {
            Living++;
        }

        foreach (var use in patient.ProviderUses)
        {
            Encounters[use.Provider] += use.Encounters;
            Procedures[use.Provider] += use.Procedures;
            Labs[use.Provider] += use.Labs;
            Prescriptions[use.Provider] += use.Prescriptions;
        }

        var seen = new HashSet<Guid>();
        foreach (var year in patient.Coverage)
        {
            var totals = payers[year.Plan.Payer.Id];
            totals.AddYear(year, patient.Person.Qols, seen.Add(year.Plan.Payer.Id));
        }

        foreach (var encounter in patient.Record.Encounters)
        {
            var totals = payers[encounter.Claim.Plan.Plan.Payer.Id];
            totals.Add(encounter.Claim.Totals);
            totals.Count(1, 0, encounter.Procedures.Count, encounter.Immunizations.Count);
            foreach (var medication in encounter.Medications)
            {
                var own = payers[medication.Claim.Plan.Plan.Payer.Id];
                own.Add(medication.Claim.Totals);
                own.Count(0, 1, 0, 0);
            }
        }
    }

    /// <summary>Sums of a payer.</summary>
    public sealed partial class PayerTotals
    {
        private double qols;
        private int years;

        internal PayerTotals(Payer payer) => Payer = payer;

        /// <summary>The payer.</summary>
        public Payer Payer { get; }

        /// <summary>Paid by it.</summary>
        public Money Covered { get; private set; }

        /// <summary>Paid by its members.</summary>
        public Money Uncovered { get; private set; }

        /// <summary>Premiums.</summary>
        public Money Revenue { get; private set; }

        /// <summary>Encounters of members.</summary>
        public int Encounters { get; private set; }

        /// <summary>Medications of members.</summary>
        public int Medications { get; private set; }

        /// <summary>Procedures of members.</summary>
        public int Procedures { get; private set; }

        /// <summary>Vaccinations of members.</summary>
        public int Immunizations { get; private set; }

        /// <summary>Different members.</summary>
        public int Members { get; private set; }

        /// <summary>Months of membership.</summary>
        public int MemberMonths { get; private set; }

        /// <summary>Mean quality of life score of members.</summary>
        public double QolsAverage => years == 0 ? 0 : qols / years;

        internal void AddYear(PlanYear year, double qualityOfLife, bool isNew)
        {
            Revenue += year.Premiums;
            qols += qualityOfLife;
            years++;
            MemberMonths += 12;
            if (isNew)
            {
                Members++;
            }
        }

        internal void Add(ClaimCosts costs)
        {
            Covered += costs.Covered;
            Uncovered += costs.Cost - costs.Covered;
        }

        internal void Count(int encounters, int medications, int procedures, int immunizations)
        {
            Encounters += encounters;
            Medications += medications;
            Procedures += procedures;
            Immunizations += immunizations;
        }
    }
}
