namespace FhirAspire.Jinja.Syntax;

/// <summary><c>{% block %}</c>.</summary>
public sealed class BlockNode(string name, IReadOnlyList<Statement> body, bool scoped, bool required) : Statement
{
    /// <summary>The name.</summary>
    public string Name { get; } = name;

    /// <summary>The body.</summary>
    public IReadOnlyList<Statement> Body { get; } = body;

    /// <summary>Whether the block sees the names around it.</summary>
    public bool Scoped { get; } = scoped;

    /// <summary>Whether a child template has to define it.</summary>
    public bool Required { get; } = required;

    /// <inheritdoc />
    public override IEnumerable<Node> Children => Body;
}

/// <summary><c>{% extends %}</c>.</summary>
public sealed class ExtendsNode(Expression template) : Statement
{
    /// <summary>The parent's name.</summary>
    public Expression Template { get; } = template;

    /// <inheritdoc />
    public override IEnumerable<Node> Children => [Template];
}

/// <summary><c>{% include %}</c>.</summary>
public sealed class IncludeNode(Expression template, bool ignoreMissing, bool withContext) : Statement
{
    /// <summary>The name, or a list of names of which the first that exists is taken.</summary>
    public Expression Template { get; } = template;

    /// <summary>Whether nothing is printed when there is no such template.</summary>
    public bool IgnoreMissing { get; } = ignoreMissing;

    /// <summary>Whether the template sees the variables.</summary>
    public bool WithContext { get; } = withContext;

    /// <inheritdoc />
    public override IEnumerable<Node> Children => [Template];
}

/// <summary><c>{% import 'x' as y %}</c>.</summary>
public sealed class ImportNode(Expression template, string target, bool withContext) : Statement
{
    /// <summary>The name of the template.</summary>
    public Expression Template { get; } = template;

    /// <summary>The name under which it is known here.</summary>
    public string Target { get; } = target;

    /// <summary>Whether the template sees the variables.</summary>
    public bool WithContext { get; } = withContext;

    /// <inheritdoc />
    public override IEnumerable<Node> Children => [Template];
}

/// <summary><c>{% from 'x' import a, b as c %}</c>.</summary>
public sealed class FromImportNode(Expression template, IReadOnlyList<(string Name, string Alias)> names, bool withContext) : Statement
{
    /// <summary>The name of the template.</summary>
    public Expression Template { get; } = template;

    /// <summary>The names and under which name each is known here.</summary>
    public IReadOnlyList<(string Name, string Alias)> Names { get; } = names;

    /// <summary>Whether the template sees the variables.</summary>
    public bool WithContext { get; } = withContext;

    /// <inheritdoc />
    public override IEnumerable<Node> Children => [Template];
}
