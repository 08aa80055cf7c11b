namespace FhirAspire.Pipeline.Leases;

internal sealed class LeaseRow
{
    public required string Name { get; set; }

    public string? Owner { get; set; }

    public long Fence { get; set; }

    public DateTime ExpiresAt { get; set; }
}
