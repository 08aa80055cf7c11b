using FhirAspire.Simulation.Engine;
using FhirAspire.Simulation.Random;
using FhirAspire.Simulation.Record;
using FhirAspire.Simulation.Reference;

namespace FhirAspire.Simulation.Lifecycle;

/// <summary>What the lives of a slot have in common.</summary>
internal sealed class SlotPerson
{
    public required Place Place { get; init; }

    public required string Gender { get; init; }

    public required string Race { get; init; }

    public required string Ethnicity { get; init; }

    public required string Language { get; init; }

    public required string Education { get; init; }

    public required double EducationLevel { get; init; }

    public required int Income { get; init; }

    public required double OccupationLevel { get; init; }

    public required int TargetAge { get; set; }
}

/// <summary>Draws people from the places of the state (modules.md 9.1).</summary>
internal sealed class PersonFactory
{
    private const double HighIncome = 75_000;
    private static readonly (double Min, double Max)[] EducationLevels = [(0, 0.5), (0.1, 0.75), (0.3, 0.85), (0.5, 1)];
    private readonly SimulationWorld world;
    private readonly SimulationOptions options;
    private readonly Atlas atlas;
    private readonly Dictionary<string, string[]> birthplaces;
    private readonly long end;

    public PersonFactory(SimulationWorld world, ReferenceData reference, SimulationOptions options, long end)
    {
        this.world = world;
        this.options = options;
        this.end = end;
        atlas = reference.Atlas(options.State, options.City);
        birthplaces = reference.ForeignBirthplaces();
    }

    /// <summary>Who lives in a slot, whatever the attempt.</summary>
    public SlotPerson Slot(long index)
    {
        var random = new SimRandom(new PatientKey(options.Seed, index, 0).SlotKey);
        var place = atlas.Pick(random);
        var race = Place.Races[random.PickWeighted(place.RaceShares)];
        var ethnicity = random.NextDouble() < place.HispanicShare ? "hispanic" : "nonhispanic";
        var language = Languages.Pick(race, ethnicity, random);
        var drawnGender = random.PickWeighted([place.MaleShare, place.FemaleShare]) == 0 ? "M" : "F";
        var education = random.PickWeighted(place.EducationShares);
        var (min, max) = EducationLevels[education];
        var (low, high) = Place.Incomes[random.PickWeighted(place.IncomeShares)];
        var educationLevel = random.Uniform(min, max);
        var income = (low * 1000) + random.NextInt(((high - low) * 1000) + 1);
        var occupation = random.NextDouble();
        return new SlotPerson
        {
            Place = place,
            Gender = options.Gender ?? drawnGender,
            Race = race,
            Ethnicity = ethnicity,
            Language = language,
            Education = Place.Educations[education],
            EducationLevel = educationLevel,
            Income = income,
            OccupationLevel = occupation,
            TargetAge = TargetAge(place, random),
        };
    }

    /// <summary>A newborn.</summary>
    public Person Create(SlotPerson slot, PatientKey key)
    {
        var random = new SimRandom(SplitMix.Derive(key.RandomKey, 11));
        if (key.Attempt == 10 && slot.TargetAge > 90 && (options.MinAge ?? 0) <= 85)
        {
            // Hardly anybody becomes so old: after ten failures somebody of 85 to 89 will do.
            slot.TargetAge = 85 + random.NextInt(5);
        }

        // All lives of a slot begin at the same instant, as in real data.
        var birth = BirthInstant(slot.TargetAge, new SimRandom(SplitMix.Derive(key.SlotKey, 12)));

        var names = world.Names;
        var place = slot.Place;
        var person = new Person
        {
            Birth = birth,
            Gender = slot.Gender,
            Race = slot.Race,
            Ethnicity = slot.Ethnicity,
            Language = slot.Language,
            Education = slot.Education,
            EducationLevel = slot.EducationLevel,
            Income = slot.Income,
            OccupationLevel = slot.OccupationLevel,
            SocioeconomicCategory = Category(slot),
            City = place.Name,
            County = place.County,
            CountyFips = place.CountyFips,
            State = world.StateName,
            StateAbbreviation = world.StateAbbreviation,
            FirstName = names.First(slot.Gender, slot.Language, random),
            LastName = names.Family(slot.Language, random),
            MotherName = names.First("F", slot.Language, random) + " " + names.Family(slot.Language, random),
            Phone = $"555-{100 + random.NextInt(900)}-{1000 + random.NextInt(9000)}",
            Ssn = $"999-{10 + random.NextInt(90)}-{1000 + random.NextInt(9000)}",
            Address = names.Address(random),
            SexualOrientation = random.PickWeighted([96.6, 1.6, 0.7]) switch { 0 => "heterosexual", 1 => "homosexual", _ => "bisexual" },
        };
        person.FatherName = names.First("M", slot.Language, random) + " " + person.LastName;
        if (random.NextDouble() < 0.8)
        {
            person.MiddleName = names.First(slot.Gender, slot.Language, random);
        }

        if (random.NextDouble() < 0.02)
        {
            person.MultipleBirth = 1 + random.NextInt(3);
        }

        SetHome(person, place, random);
        SetBirthplace(person, random);
        return person;
    }

    private static string Category(SlotPerson slot)
    {
        var incomeLevel = Math.Clamp((slot.Income - SimulationWorld.PovertyLevel) / (HighIncome - SimulationWorld.PovertyLevel), 0, 1);
        var score = (0.2 * incomeLevel) + (0.7 * slot.EducationLevel) + (0.1 * slot.OccupationLevel);
        return score < 0.25 ? "Low" : score < 0.66 ? "Middle" : "High";
    }

    private int TargetAge(Place place, SimRandom random)
    {
        if (options.MinAge is not null || options.MaxAge is not null)
        {
            var min = options.MinAge ?? 0;
            return min + random.NextInt((options.MaxAge ?? 110) - min + 1);
        }

        var band = random.PickWeighted(place.AgeShares);
        return band < 17 ? (band * 5) + random.NextInt(5) : 85 + random.NextInt(26);
    }

    /// <summary>Uniform in the year in which one must be born to be of that age at the end.</summary>
    private long BirthInstant(int age, SimRandom random)
    {
        var asOf = DateTimeOffset.FromUnixTimeMilliseconds(end);
        var latest = asOf.AddYears(-age).ToUnixTimeMilliseconds();
        var earliest = asOf.AddYears(-(age + 1)).ToUnixTimeMilliseconds() + 1;
        return earliest + (long)(random.NextDouble() * (latest - earliest));
    }

    private static void SetHome(Person person, Place place, SimRandom random)
    {
        var (zip, latitude, longitude) = place.Zips.Length > 0
            ? place.Zips[random.NextInt(place.Zips.Length)]
            : ("", place.Latitude, place.Longitude);
        person.Zip = zip.Length > 0 ? zip : "00000";
        person.Latitude = latitude + random.Uniform(-0.05, 0.05);
        person.Longitude = longitude + random.Uniform(-0.05, 0.05);
    }

    private void SetBirthplace(Person person, SimRandom random)
    {
        if (person.Language != "english" && birthplaces.TryGetValue(person.Language, out var foreign) && foreign.Length > 0)
        {
            var parts = foreign[random.NextInt(foreign.Length)].Split(',');
            person.BirthCity = parts[0].Trim();
            person.BirthState = parts.Length > 2 ? parts[1].Trim() : "";
            person.BirthCountry = parts[^1].Trim();
            return;
        }

        person.BirthCity = atlas.Pick(random).Name;
        person.BirthState = person.State;
        person.BirthCountry = "US";
    }
}
