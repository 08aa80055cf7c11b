namespace FhirAspire.Pipeline.Leases;

/// <summary>Leases over names. A lease ends by release or by its time; each new holder gets a greater fence.</summary>
public interface ILeaseStore
{
    /// <summary>Takes the lease if nobody holds it, or if its time has passed.</summary>
    /// <returns>The lease, or null while another owner holds it.</returns>
    Task<Lease?> AcquireAsync(string name, string owner, TimeSpan duration, CancellationToken cancellationToken = default);

    /// <summary>The leases that somebody holds now: that of the name, and those of its machines (<c>name@machine</c>).</summary>
    Task<IReadOnlyList<Lease>> HeldAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Prolongs a lease.</summary>
    /// <returns>False when it has passed to another holder: the work must stop.</returns>
    Task<bool> RenewAsync(Lease lease, TimeSpan duration, CancellationToken cancellationToken = default);

    /// <summary>Gives a lease back; does nothing when it has passed to another holder.</summary>
    Task ReleaseAsync(Lease lease, CancellationToken cancellationToken = default);
}

/// <summary>A held lease.</summary>
/// <param name="Name">What is held.</param>
/// <param name="Owner">By whom.</param>
/// <param name="Fence">Greater than that of every earlier holder.</param>
public sealed record Lease(string Name, string Owner, long Fence);
