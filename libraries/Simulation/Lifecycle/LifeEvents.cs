using FhirAspire.Simulation.Engine;

namespace FhirAspire.Simulation.Lifecycle;

/// <summary>What happens in a life outside of medicine (modules.md 9.1 and 9.2): growing, papers, marriage, smoking, drinking, work.</summary>
internal sealed class LifeEvents(Life life)
{
    private const long HalfYear = 182 * SimTime.Day;
    private int years;
    private int months;
    private long nextWorkCheck;

    public void BeBorn(long birth)
    {
        years = 0;
        months = 0;
        nextWorkCheck = SimTime.None;
        life.Body.BeBorn(birth);
        SetAttributes();
    }

    public void Step(long time)
    {
        var newMonths = life.AgeInMonths(time);
        if (newMonths > months)
        {
            var newYears = newMonths / 12;
            if (newYears > years)
            {
                Birthday(newYears, time);
            }

            if (newYears < 20 || newYears > years)
            {
                life.Body.Grow(time);
            }

            months = newMonths;
            years = newYears;
        }

        Habits(time);
        if (years >= 18)
        {
            Work(time);
        }

        if (years >= 65)
        {
            FallRisk();
        }

        if (life.Person.Death != SimTime.None)
        {
            life.Set(life.World.Slots.DaysUntilDeath, AttributeValue.OfInteger((life.Person.Death - time) / SimTime.Day));
        }

        life.Vitals.BeginStep();
        life.Risks.Invalidate();
    }

    private void SetAttributes()
    {
        var person = life.Person;
        var slots = life.World.Slots;
        life.Set(slots.Gender, AttributeValue.Of(person.Gender));
        life.Set(slots.Race, AttributeValue.Of(person.Race));
        life.Set(slots.Ethnicity, AttributeValue.Of(person.Ethnicity));
        life.Set(slots.State, AttributeValue.Of(person.State));
        life.Set(slots.City, AttributeValue.Of(person.City));
        life.Set(slots.County, AttributeValue.Of(person.County));
        life.Set(slots.Address, AttributeValue.Of(person.Address));
        life.Set(slots.FirstLanguage, AttributeValue.Of(person.Language));
        life.Set(slots.BirthCountry, AttributeValue.Of(person.BirthCountry));
        life.Set(slots.Education, AttributeValue.Of(person.Education));
        life.Set(slots.Income, AttributeValue.OfInteger(person.Income));
        life.Set(slots.PovertyRatio, AttributeValue.OfReal(person.Income / SimulationWorld.PovertyLevel));
        life.Set(slots.SexualOrientation, AttributeValue.Of(person.SexualOrientation));
        life.Set(slots.RhNegative, AttributeValue.Of(life.Random.NextDouble() < 0.15));
        var needs = life.World.NeedsOf(person.CountyFips);
        life.Set(slots.FoodInsecurity, AttributeValue.Of(life.Random.NextDouble() < needs.FoodInsecurity));
        life.Set(slots.HousingCostBurden, AttributeValue.Of(life.Random.NextDouble() < needs.HousingCostBurden));
        life.Set(slots.NoVehicleAccess, AttributeValue.Of(life.Random.NextDouble() < needs.NoVehicle));
        life.Set(slots.Uninsured, AttributeValue.Of(life.Random.NextDouble() < needs.Uninsured));
        life.Set(slots.Unemployed, AttributeValue.Of(false));
    }

    private void Birthday(int age, long time)
    {
        var person = life.Person;
        var random = life.Random;
        switch (age)
        {
            case 16:
                person.DriversLicense = "S999" + (10_000 + random.NextInt(90_000));
                var year = life.YearOf(time);

                // Share of smokers, falling since 1965: CDC, Trends in Current Cigarette Smoking.
                var smokes = random.NextDouble() < (year < 1965 ? 0.424 : (996.41 - (0.4865 * year)) / 100);
                life.Set(life.World.Slots.Smoker, AttributeValue.Of(smokes));
                break;
            case 18:
                person.Prefix = person.Gender == "M" ? "Mr." : "Ms.";
                break;
            case 20:
                if (random.NextDouble() < 0.5)
                {
                    person.Passport = "X" + (10_000_000 + random.NextInt(90_000_000)) + "X";
                }

                break;
            case 25:
                life.Set(life.World.Slots.Alcoholic, AttributeValue.Of(random.NextDouble() < 0.025));
                break;
            case 28:
                Marry();
                break;
            case 30:
                if (person.EducationLevel >= 0.95)
                {
                    person.Suffix = random.NextInt(3) switch { 0 => "PhD", 1 => "JD", _ => "MD" };
                }

                break;
            case 35:
                Part(0.02, 0.18);
                break;
            case 45:
                Part(0.03, 0.02);
                break;
            case 55:
                Part(0.06, 0.05);
                break;
        }
    }

    private void Marry()
    {
        var person = life.Person;
        if (life.Random.NextDouble() >= 0.8)
        {
            SetMaritalStatus("S");
            return;
        }

        SetMaritalStatus("M");
        if (person.Gender == "F")
        {
            person.Prefix = "Mrs.";
            person.MaidenName = person.LastName;
            person.LastName = life.World.Names.Family(person.Language, life.Random);
        }
    }

    private void Part(double widowed, double divorced)
    {
        if (life.Person.MaritalStatus != "M")
        {
            return;
        }

        var draw = life.Random.NextDouble();
        if (draw < widowed)
        {
            SetMaritalStatus("W");
        }
        else if (draw < widowed + divorced)
        {
            SetMaritalStatus("D");
        }
    }

    private void SetMaritalStatus(string status)
    {
        life.Person.MaritalStatus = status;
        life.Set(life.World.Slots.MaritalStatus, AttributeValue.Of(status));
    }

    /// <summary>Smokers quit with 1 %, alcoholics with 0.1 %, a week.</summary>
    private void Habits(long time)
    {
        var slots = life.World.Slots;
        if (life.Attributes[slots.Smoker].IsTrue && life.Random.NextDouble() < 0.01)
        {
            life.Set(slots.Smoker, AttributeValue.Of(false));
            life.Set(slots.QuitSmokingAge, AttributeValue.OfInteger(life.AgeInYears(time)));
        }

        if (life.Attributes[slots.Alcoholic].IsTrue && life.Random.NextDouble() < 0.001)
        {
            life.Set(slots.Alcoholic, AttributeValue.Of(false));
        }
    }

    /// <summary>Out of work for half a year with the county's rate, then back.</summary>
    private void Work(long time)
    {
        if (time < nextWorkCheck)
        {
            return;
        }

        nextWorkCheck = time + HalfYear;
        var slots = life.World.Slots;
        var isOut = !life.Attributes[slots.Unemployed].IsTrue
            && life.Random.NextDouble() < life.World.NeedsOf(life.Person.CountyFips).Unemployed;
        life.Set(slots.Unemployed, AttributeValue.Of(isOut));
    }

    private void FallRisk()
    {
        var slots = life.World.Slots;
        life.Set(slots.FallRisk, AttributeValue.OfReal(life.Attributes[slots.Osteoporosis].IsTrue ? 0.06 : 0.035));
    }
}
