using Microsoft.JSInterop;

namespace FhirAspire.Dashboard.State;

/// <summary>Whether a page can be seen. One behind others, or in a window that is put away, is not drawn until it is looked at again. One for each circuit.</summary>
public sealed class PageVisibility
{
    /// <summary>Whether nobody can see the page.</summary>
    public bool IsHidden { get; private set; }

    /// <summary>Raised when the page can be seen again.</summary>
    public event Action? Shown;

    /// <summary>Called by the page's script.</summary>
    [JSInvokable]
    public void Show(bool isVisible)
    {
        var wasHidden = IsHidden;
        IsHidden = !isVisible;
        if (wasHidden && isVisible)
        {
            Shown?.Invoke();
        }
    }
}
