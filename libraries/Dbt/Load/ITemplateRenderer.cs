namespace FhirAspire.Dbt.Load;

/// <summary>Renders the templates that stand in YAML files.</summary>
internal interface ITemplateRenderer
{
    /// <summary>The value of a text: the text itself where it holds no template, otherwise what it renders to, typed.</summary>
    /// <param name="text">The text.</param>
    /// <param name="file">Where it stands, for messages.</param>
    /// <exception cref="DbtException">The template fails.</exception>
    object? Render(string text, string file);
}
