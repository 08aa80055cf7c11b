using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace FhirAspire.Dashboard.Components.Charts;

/// <summary>An SVG text; in code blocks of Razor files <c>text</c> is a directive of its own.</summary>
public sealed class T : ComponentBase
{
    /// <summary>What is written.</summary>
    [Parameter]
    public string? Text { get; set; }

    /// <summary>Its place.</summary>
    [Parameter]
    public double X { get; set; }

    /// <summary>Its base line.</summary>
    [Parameter]
    public double Y { get; set; }

    /// <summary>Style class.</summary>
    [Parameter]
    public string Class { get; set; } = "tick";

    /// <summary><c>start</c>, <c>middle</c>, <c>end</c>.</summary>
    [Parameter]
    public string Anchor { get; set; } = "start";

    /// <inheritdoc/>
    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.OpenElement(0, "text");
        builder.AddAttribute(1, "class", Class);
        builder.AddAttribute(2, "x", X.ToString("0.#", CultureInfo.InvariantCulture));
        builder.AddAttribute(3, "y", Y.ToString("0.#", CultureInfo.InvariantCulture));
        builder.AddAttribute(4, "text-anchor", Anchor);
        builder.AddContent(5, Text);
        builder.CloseElement();
    }
}
