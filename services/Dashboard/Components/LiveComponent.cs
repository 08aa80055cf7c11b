using System.Security.Claims;
using FhirAspire.Dashboard.Access;
using FhirAspire.Dashboard.State;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace FhirAspire.Dashboard.Components;

/// <summary>A component that follows the pipeline: it is drawn anew with every snapshot, by push, while its page can be seen.</summary>
public abstract class LiveComponent : ComponentBase, IDisposable
{
    /// <summary>The state.</summary>
    [Inject]
    protected PipelineState State { get; set; } = null!;

    /// <summary>The clock, in the reader's zone.</summary>
    [Inject]
    protected ReaderClock Time { get; set; } = null!;

    [Inject]
    private PageVisibility Visibility { get; set; } = null!;

    /// <summary>Who looks.</summary>
    [CascadingParameter]
    private Task<AuthenticationState>? Authentication { get; set; }

    /// <summary>The snapshot that is drawn.</summary>
    protected PipelineSnapshot Snapshot { get; private set; } = new();

    /// <summary>Who looks.</summary>
    protected ClaimsPrincipal User { get; private set; } = new();

    /// <summary>Whether who looks may act.</summary>
    protected bool IsOperator => Roles.IsOperator(User);

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Snapshot = State.Current;
        if (Authentication is not null)
        {
            User = (await Authentication).User;
        }

        // Prerendering has no circuit: it draws once and is gone.
        if (RendererInfo.IsInteractive)
        {
            State.Changed += OnChanged;
            Visibility.Shown += OnShown;
        }
    }

    /// <summary>Called on the circuit before a new snapshot is drawn; false leaves the page as it is.</summary>
    protected virtual Task<bool> OnSnapshotAsync(PipelineSnapshot snapshot) => Task.FromResult(true);

    /// <inheritdoc/>
    public void Dispose()
    {
        State.Changed -= OnChanged;
        Visibility.Shown -= OnShown;
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives up what the page holds.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }

    private void OnChanged(PipelineSnapshot snapshot)
    {
        if (!Visibility.IsHidden)
        {
            _ = InvokeAsync(() => DrawAsync(snapshot));
        }
    }

    private void OnShown() => OnChanged(State.Current);

    private async Task DrawAsync(PipelineSnapshot snapshot)
    {
        Snapshot = snapshot;
        if (await OnSnapshotAsync(snapshot))
        {
            StateHasChanged();
        }
    }
}
