namespace FhirAspire.ObjectStore.LocalS3;

/// <summary>What a 200 promises.</summary>
public enum LocalS3Durability
{
    /// <summary>Everything is on the disk (fsync) before the answer: it survives a loss of power.</summary>
    Durable,

    /// <summary>Everything is with the operating system: it survives the process's death, not the machine's.</summary>
    Fast,
}
