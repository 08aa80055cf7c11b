using System.Globalization;
using FhirAspire.Simulation.Engine;
using FhirAspire.Simulation.Files;
using FhirAspire.Simulation.Insurance;
using FhirAspire.Simulation.Record;

namespace FhirAspire.Simulation.Reference;

/// <summary>Reads <c>payers/</c>: companies, plans, rules of eligibility.</summary>
internal static class InsuranceReader
{
    public static (List<InsurancePlan> Plans, InsurancePlan None, IReadOnlyList<Payer> Payers) Read(IFileSource files, string state, string abbreviation)
    {
        var none = new Payer("0", Payer.NoInsuranceName, Payer.NoInsuranceName);
        var payers = ReadPayers(files, abbreviation);
        var rules = ReadRules(files, state);
        var plans = new List<InsurancePlan>();
        using var table = CsvTable.Open(files, "payers/insurance_plans.csv");
        while (table.Read())
        {
            if (!payers.TryGetValue(table["Payer Id"], out var payer))
            {
                continue;
            }

            var rule = table["Eligibility Policy"];
            plans.Add(new InsurancePlan(payer, table["Name"])
            {
                Deductible = Money.Of(table.Number("Deductible")),
                PatientShare = PatientShare(table.Number("Default Coinsurance")),
                Copay = Money.Of(table.Number("Default Copay")),
                MonthlyPremium = table.Number("Monthly Premium"),
                MaxOutOfPocket = Money.Of(table.Number("Max Out of Pocket")),
                IsSupplement = Flag(table["Medicare Supplement"]),
                IsMarketplace = Flag(table["Is ACA Plan"]),
                IsIncomeBased = Flag(table["Income Based Premium"]),
                Eligibility = rule.Equals("Generic", StringComparison.OrdinalIgnoreCase) ? Eligibility.Anybody
                    : rules.TryGetValue(rule, out var found) ? found
                    : throw new SimulationException("SIM006", $"{table.Path}:{table.Line}", $"the eligibility policy '{rule}' is not defined in insurance_eligibilities.csv"),
                StartYear = (int)table.NumberOr("Start Year", 0),
                EndYear = (int)table.NumberOr("End Year", 9999),
                Priority = (int)table.NumberOr("Priority Level", int.MaxValue),
            });
        }

        return (plans, new InsurancePlan(none, Payer.NoInsuranceName), [.. payers.Values, none]);
    }

    /// <summary>The file gives the plan's share; 0 (and 1) mean that the patient bears none.</summary>
    private static double PatientShare(double planShare) => planShare is > 0 and < 1 ? 1 - planShare : 0;

    private static bool Flag(string text) => text.Equals("true", StringComparison.OrdinalIgnoreCase);

    private static Dictionary<string, Payer> ReadPayers(IFileSource files, string abbreviation)
    {
        var payers = new Dictionary<string, Payer>(StringComparer.Ordinal);
        using var table = CsvTable.Open(files, "payers/insurance_companies.csv");
        while (table.Read())
        {
            var covered = table["States Covered"];
            if (covered != "*" && !covered.Contains(abbreviation, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            payers.Add(table["Id"], new Payer(table["Id"], table["Name"], table["Ownership"].ToUpperInvariant())
            {
                Address = table["Address"],
                City = table["City"],
                State = table["State Headquarterd"],
                Zip = table["Zip"],
                Phone = table["Phone"],
            });
        }

        return payers;
    }

    private static Dictionary<string, Eligibility> ReadRules(IFileSource files, string state)
    {
        var rules = new Dictionary<string, Eligibility>(StringComparer.Ordinal);
        using var table = CsvTable.Open(files, "payers/insurance_eligibilities.csv");
        while (table.Read())
        {
            var tests = new List<Func<IEligibilityFacts, bool>>();
            foreach (var name in Parts(table["Sub-Eligibilities"]))
            {
                tests.Add(facts => rules[name].Test(facts));
            }

            if (table["Poverty Multiplier"] is { Length: > 0 })
            {
                var limit = table.Number("Poverty Multiplier") * SimulationWorld.PovertyLevel;
                tests.Add(facts => facts.YearlyIncome <= limit);
            }

            if (table["Income Threshold"] is { Length: > 0 })
            {
                var limit = table.Number("Income Threshold");
                tests.Add(facts => facts.YearlyIncome <= limit);
            }

            if (table["Age Threshold"] is { Length: > 0 })
            {
                var limit = table.Number("Age Threshold");
                tests.Add(facts => facts.Age >= limit);
            }

            if (table["Qualifying Codes"] is { Length: > 0 } codes)
            {
                var list = codes.EndsWith(".csv", StringComparison.Ordinal) ? ReadCodes(files, codes) : Parts(codes);
                tests.Add(facts => list.Exists(facts.HasActiveCondition));
            }

            if (table["Qualifying Attributes"] is { Length: > 0 } attributes)
            {
                foreach (var attribute in Parts(attributes))
                {
                    var sides = attribute.Split('=', 2);
                    var (name, value) = (sides[0].Trim(), sides.Length > 1 ? sides[1].Trim() : "true");
                    tests.Add(facts => facts.HasAttribute(name, value));
                }
            }

            if (table["Poverty Multiplier File"] is { Length: > 0 } poverty)
            {
                tests.Add(PovertyByAge(files, poverty, state));
            }

            if (table["Spenddown File"] is { Length: > 0 } spendDown)
            {
                tests.Add(SpendDown(files, spendDown, state));
            }

            // Chance comes last, so that only who fulfils the rest draws it.
            if (table["Acceptance Likelihood"] is { Length: > 0 })
            {
                var chance = table.Number("Acceptance Likelihood");
                tests.Add(facts => facts.NextDouble() < chance);
            }

            var all = table["Logical Operator"].Equals("and", StringComparison.OrdinalIgnoreCase);
            rules[table["Name"]] = new Eligibility(facts => all ? tests.TrueForAll(t => t(facts)) : tests.Exists(t => t(facts)));
        }

        return rules;
    }

    private static List<string> Parts(string text) => [.. text.Split('|', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    private static List<string> ReadCodes(IFileSource files, string path)
    {
        var codes = new List<string>();
        using var table = CsvTable.Open(files, path);
        while (table.Read())
        {
            codes.AddRange(Parts(table["codes"]));
        }

        return codes;
    }

    /// <summary>Limits as multiples of the poverty level, by age and for the pregnant.</summary>
    private static Func<IEligibilityFacts, bool> PovertyByAge(IFileSource files, string path, string state)
    {
        using var table = CsvTable.Open(files, path);
        while (table.Read())
        {
            if (table["state"] == state)
            {
                var (infant, child, youth, pregnant, adult) = (table.Number("0-1"), table.Number("2-5"), table.Number("6-18"), table.Number("pregnant"), table.Number("adult"));
                return facts => facts.YearlyIncome <= SimulationWorld.PovertyLevel * (facts.Age switch
                {
                    <= 1 => infant,
                    <= 5 => child,
                    <= 18 => youth,
                    _ when facts.IsPregnant => pregnant,
                    _ => adult,
                });
            }
        }

        return _ => false;
    }

    /// <summary>Who pays so much for care that too little income is left; only in states that do not limit it to the old, blind and disabled.</summary>
    private static Func<IEligibilityFacts, bool> SpendDown(IFileSource files, string path, string state)
    {
        using var table = CsvTable.Open(files, path);
        while (table.Read())
        {
            if (table["state"] == state
                && Flag(table["spenddown-available"]) && !Flag(table["age-blind-disabled-limit"])
                && double.TryParse(table["monthly-spenddown-req"], NumberStyles.Float, CultureInfo.InvariantCulture, out var monthly))
            {
                return facts => facts.IncomeLeft <= monthly * 12;
            }
        }

        return _ => false;
    }
}
