using Microsoft.AspNetCore.Components;

namespace FhirAspire.Dashboard.Components;

/// <summary>
/// A part of a page that follows the pipeline. The page is drawn with every snapshot; this part only when what it shows of the snapshot is another, or when it
/// was used itself.
/// </summary>
public abstract class StillComponent : ComponentBase
{
    private object? drawn;
    private bool isSame;

    /// <summary>All that is drawn of the parameters, as a value that can be compared; of lists the snapshot keeps the same one while nothing in it has changed.</summary>
    protected abstract object Drawn { get; }

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        var now = Drawn;
        isSame = now.Equals(drawn);
        drawn = now;
    }

    /// <inheritdoc/>
    protected override bool ShouldRender()
    {
        // Only the set of parameters that came just now is passed over: a click after it is drawn.
        var isPassedOver = isSame;
        isSame = false;
        return !isPassedOver;
    }

    /// <inheritdoc/>
    protected override void OnAfterRender(bool firstRender) => isSame = false;
}
