namespace FhirAspire.Simulation;

/// <summary>Who a patient is. Some of it changes in the course of life (name and prefix at marriage, ...); what an exporter sees is the last.</summary>
public sealed class Person
{
    /// <summary>Instant of birth.</summary>
    public long Birth { get; internal set; }

    /// <summary>Instant of death, <see cref="SimTime.None"/> for the living.</summary>
    public long Death { get; internal set; } = SimTime.None;

    /// <summary>Cause of death, if known.</summary>
    public Record.Code? CauseOfDeath { get; internal set; }

    /// <summary>First name.</summary>
    public string FirstName { get; internal set; } = "";

    /// <summary>Middle name; empty for one in five.</summary>
    public string MiddleName { get; internal set; } = "";

    /// <summary>Last name.</summary>
    public string LastName { get; internal set; } = "";

    /// <summary>Last name before marriage; empty without one.</summary>
    public string MaidenName { get; internal set; } = "";

    /// <summary><c>Mr.</c>, <c>Ms.</c>, <c>Mrs.</c>; empty below 18.</summary>
    public string Prefix { get; internal set; } = "";

    /// <summary><c>PhD</c>, <c>JD</c>, <c>MD</c> or empty.</summary>
    public string Suffix { get; internal set; } = "";

    /// <summary>First name and last name of the mother.</summary>
    public string MotherName { get; internal set; } = "";

    /// <summary>First name and last name of the father.</summary>
    public string FatherName { get; internal set; } = "";

    /// <summary><c>M</c> or <c>F</c>.</summary>
    public string Gender { get; internal set; } = "F";

    /// <summary>white, black, asian, native, hawaiian or other.</summary>
    public string Race { get; internal set; } = "white";

    /// <summary>hispanic or nonhispanic.</summary>
    public string Ethnicity { get; internal set; } = "nonhispanic";

    /// <summary>First language, e.g. <c>english</c>.</summary>
    public string Language { get; internal set; } = "english";

    /// <summary>S, M, D or W; empty before it is known.</summary>
    public string MaritalStatus { get; internal set; } = "";

    /// <summary>A social security number that cannot be a real one: 999-nn-nnnn.</summary>
    public string Ssn { get; internal set; } = "";

    /// <summary>Driver's licence number; empty below 16.</summary>
    public string DriversLicense { get; internal set; } = "";

    /// <summary>Passport number; empty for many.</summary>
    public string Passport { get; internal set; } = "";

    /// <summary>Telephone.</summary>
    public string Phone { get; internal set; } = "";

    /// <summary>Street and house.</summary>
    public string Address { get; internal set; } = "";

    /// <summary>City.</summary>
    public string City { get; internal set; } = "";

    /// <summary>County.</summary>
    public string County { get; internal set; } = "";

    /// <summary>FIPS code of the county, five digits; empty if unknown.</summary>
    public string CountyFips { get; internal set; } = "";

    /// <summary>State, full name.</summary>
    public string State { get; internal set; } = "";

    /// <summary>State, two letters.</summary>
    public string StateAbbreviation { get; internal set; } = "";

    /// <summary>Postcode, five digits.</summary>
    public string Zip { get; internal set; } = "";

    /// <summary>Degrees north.</summary>
    public double Latitude { get; internal set; }

    /// <summary>Degrees east.</summary>
    public double Longitude { get; internal set; }

    /// <summary>City of birth.</summary>
    public string BirthCity { get; internal set; } = "";

    /// <summary>State or region of birth.</summary>
    public string BirthState { get; internal set; } = "";

    /// <summary>Country of birth, two letters.</summary>
    public string BirthCountry { get; internal set; } = "US";

    /// <summary>Number among twins or more; 0 for a single birth.</summary>
    public int MultipleBirth { get; internal set; }

    /// <summary>Yearly household income in dollars.</summary>
    public int Income { get; internal set; }

    /// <summary>less_than_hs, hs_degree, some_college or bs_degree.</summary>
    public string Education { get; internal set; } = "";

    /// <summary>0 to 1.</summary>
    public double EducationLevel { get; internal set; }

    /// <summary>0 to 1.</summary>
    public double OccupationLevel { get; internal set; }

    /// <summary>Low, Middle or High.</summary>
    public string SocioeconomicCategory { get; internal set; } = "Middle";

    /// <summary>heterosexual, homosexual or bisexual.</summary>
    public string SexualOrientation { get; internal set; } = "";

    /// <summary>Quality-adjusted life years up to the last birthday.</summary>
    public double Qaly { get; internal set; }

    /// <summary>Disability-adjusted life years up to the last birthday.</summary>
    public double Daly { get; internal set; }

    /// <summary>Quality of life score of the last year, 0 to 1.</summary>
    public double Qols { get; internal set; } = 1;

    /// <summary>First and last name.</summary>
    public string FullName => FirstName + " " + LastName;

    /// <summary>Whether the patient lives.</summary>
    public bool IsAlive => Death == SimTime.None;
}
