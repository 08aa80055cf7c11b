using System.Globalization;
using FhirAspire.Pipeline.Leases;

namespace FhirAspire.Generator;

/// <summary>
/// Numbers for generators that share nothing but the run history: each takes a block of them. The fence of a lease, which is greater for each holder, is the number of the
/// block. What is left of a block when its process ends is left out.
/// </summary>
/// <param name="leases">The run history's leases.</param>
/// <param name="owner">This process.</param>
/// <param name="time">The clock.</param>
public sealed class SharedNumbers(ILeaseStore leases, string owner, TimeProvider time) : IPatientNumbers
{
    /// <summary>Numbers of a block.</summary>
    public const int BlockSize = 1000;

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly Dictionary<ulong, (long Next, long End)> blocks = [];

    /// <inheritdoc/>
    public async Task<long> TakeAsync(ulong seed, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            var (next, end) = blocks.GetValueOrDefault(seed);
            if (next == end)
            {
                // The first fence is 1, so this begins with the first patient.
                next = (await FenceAsync($"patients-{seed.ToString(CultureInfo.InvariantCulture)}", cancellationToken) - 1) * BlockSize;
                end = next + BlockSize;
            }

            blocks[seed] = (next + 1, end);
            return next;
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task<long> FenceAsync(string name, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await leases.AcquireAsync(name, owner, Duration, cancellationToken) is { } lease)
            {
                await leases.ReleaseAsync(lease, cancellationToken);
                return lease.Fence;
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }
}
