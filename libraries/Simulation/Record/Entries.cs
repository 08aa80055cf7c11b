namespace FhirAspire.Simulation.Record;

// The plain kinds of entries; the larger ones have files of their own.

/// <summary>A condition (diagnosis, finding, social circumstance).</summary>
public sealed class Condition : Entry
{
}

/// <summary>A procedure; <see cref="Entry.Start"/> to <see cref="Entry.Stop"/> is its duration.</summary>
public sealed class Procedure : Entry
{
    /// <summary>Why, if known.</summary>
    public Code? Reason { get; internal set; }

    /// <summary>The condition that is the reason, if it is one of this record.</summary>
    public Entry? ReasonEntry { get; internal set; }
}

/// <summary>A vaccination at <see cref="Entry.Start"/>.</summary>
public sealed class Immunization : Entry
{
    /// <summary>Which dose of the series, from 1; 0 when not counted.</summary>
    public int Series { get; internal set; }
}

/// <summary>Devices or consumables handed out at <see cref="Entry.Start"/>.</summary>
public sealed class Supply : Entry
{
    /// <summary>How many.</summary>
    public int Quantity { get; internal set; }
}

/// <summary>A device, with its own unique device identifier.</summary>
public sealed class Device : Entry
{
    /// <summary>GTIN-14 device identifier.</summary>
    public string DeviceIdentifier { get; internal set; } = "";

    /// <summary>The whole UDI in human readable form, (01)...(11)...(17)...(10)...(21)...</summary>
    public string Udi { get; internal set; } = "";

    /// <summary>Lot.</summary>
    public string LotNumber { get; internal set; } = "";

    /// <summary>Serial number.</summary>
    public string SerialNumber { get; internal set; } = "";

    /// <summary>When it was made.</summary>
    public long ManufactureTime { get; internal set; }

    /// <summary>When it expires.</summary>
    public long ExpirationTime { get; internal set; }

    /// <summary>Maker, if the module names one.</summary>
    public string? Manufacturer { get; internal set; }

    /// <summary>Model, if the module names one.</summary>
    public string? Model { get; internal set; }
}

/// <summary>A diagnostic report over observations of the same encounter.</summary>
public sealed class Report : Entry
{
    /// <summary>What it reports on.</summary>
    public IReadOnlyList<Observation> Observations { get; internal set; } = [];
}
