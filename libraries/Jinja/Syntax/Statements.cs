namespace FhirAspire.Jinja.Syntax;

/// <summary>A whole template.</summary>
public sealed class TemplateNode(string? name, string source, IReadOnlyList<Statement> body) : Statement
{
    /// <summary>The name given at parsing.</summary>
    public string? Name { get; } = name;

    /// <summary>The source as it was read: line ends are LF, one final line end is dropped unless it is to be kept. Offsets of nodes count in this text.</summary>
    public string Source { get; } = source;

    /// <summary>The statements.</summary>
    public IReadOnlyList<Statement> Body { get; } = body;

    /// <inheritdoc />
    public override IEnumerable<Node> Children => Body;
}

/// <summary>Text and <c>{{ ... }}</c> between two tags.</summary>
public sealed class OutputNode(IReadOnlyList<Expression> nodes) : Statement
{
    /// <summary><see cref="DataNode"/> for text, other expressions for what is printed.</summary>
    public IReadOnlyList<Expression> Nodes { get; } = nodes;

    /// <inheritdoc />
    public override IEnumerable<Node> Children => Nodes;
}

/// <summary><c>{% if %}</c> with its branches.</summary>
public sealed class IfNode(Expression test, IReadOnlyList<Statement> body) : Statement
{
    /// <summary>The condition.</summary>
    public Expression Test { get; } = test;

    /// <summary>What is done when it holds.</summary>
    public IReadOnlyList<Statement> Body { get; } = body;

    /// <summary>The <c>elif</c> branches; they have neither branches nor an else part of their own.</summary>
    public IReadOnlyList<IfNode> ElseIfs { get; internal set; } = [];

    /// <summary>The else part.</summary>
    public IReadOnlyList<Statement> Else { get; internal set; } = [];

    /// <inheritdoc />
    public override IEnumerable<Node> Children => [Test, .. Body, .. ElseIfs, .. Else];
}

/// <summary><c>{% for %}</c>.</summary>
public sealed class ForNode(Expression target, Expression iterable, IReadOnlyList<Statement> body, IReadOnlyList<Statement> @else, Expression? test, bool recursive) : Statement
{
    /// <summary>A name or a tuple of names.</summary>
    public Expression Target { get; } = target;

    /// <summary>What is gone through.</summary>
    public Expression Iterable { get; } = iterable;

    /// <summary>The body.</summary>
    public IReadOnlyList<Statement> Body { get; } = body;

    /// <summary>The else part.</summary>
    public IReadOnlyList<Statement> Else { get; } = @else;

    /// <summary>The filter behind <c>if</c>.</summary>
    public Expression? Test { get; } = test;

    /// <summary>Whether <c>loop(...)</c> may be called.</summary>
    public bool Recursive { get; } = recursive;

    /// <inheritdoc />
    public override IEnumerable<Node> Children => Test is null ? [Target, Iterable, .. Body, .. Else] : [Target, Iterable, .. Body, .. Else, Test];
}

/// <summary>Which tag a <see cref="MacroNode"/> was.</summary>
public enum MacroKind
{
    /// <summary><c>{% macro %}</c></summary>
    Macro,

    /// <summary><c>{% materialization %}</c> (dbt)</summary>
    Materialization,

    /// <summary><c>{% test %}</c> (dbt)</summary>
    Test,

    /// <summary><c>{% docs %}</c> (dbt)</summary>
    Docs,
}

/// <summary>A macro, or one of dbt's blocks that are macros under another tag.</summary>
public sealed class MacroNode(MacroKind kind, string tagName, string name, IReadOnlyList<NameNode> parameters, IReadOnlyList<Expression> defaults, IReadOnlyList<Statement> body) : Statement
{
    /// <summary>The tag.</summary>
    public MacroKind Kind { get; } = kind;

    /// <summary>The name that stands in the tag.</summary>
    public string TagName { get; } = tagName;

    /// <summary>The name under which the macro is defined: with dbt's extensions <c>dbt_macro__m</c>, <c>dbt_macro__test_t</c>, <c>dbt_docs__d</c>, <c>dbt_macro__materialization_v_default</c>.</summary>
    public string Name { get; } = name;

    /// <summary>The parameters.</summary>
    public IReadOnlyList<NameNode> Parameters { get; } = parameters;

    /// <summary>The types written behind the parameters (dbt), by the parameter's name.</summary>
    public IReadOnlyDictionary<string, string> ParameterTypes { get; internal init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The defaults of the last parameters.</summary>
    public IReadOnlyList<Expression> Defaults { get; } = defaults;

    /// <summary>The adapter of a materialization: <c>default</c> unless given.</summary>
    public string? Adapter { get; internal init; }

    /// <summary>The body.</summary>
    public IReadOnlyList<Statement> Body { get; } = body;

    /// <summary>The offset behind the closing tag.</summary>
    public int End { get; internal set; }

    /// <inheritdoc />
    public override IEnumerable<Node> Children => [.. Parameters, .. Defaults, .. Body];
}

/// <summary><c>{% call(args) macro(...) %}</c>.</summary>
public sealed class CallBlockNode(CallNode call, IReadOnlyList<NameNode> parameters, IReadOnlyList<Expression> defaults, IReadOnlyList<Statement> body) : Statement
{
    /// <summary>The call that gets the body as <c>caller</c>.</summary>
    public CallNode Call { get; } = call;

    /// <summary>The parameters of <c>caller</c>.</summary>
    public IReadOnlyList<NameNode> Parameters { get; } = parameters;

    /// <summary>The defaults of the last parameters.</summary>
    public IReadOnlyList<Expression> Defaults { get; } = defaults;

    /// <summary>The body.</summary>
    public IReadOnlyList<Statement> Body { get; } = body;

    /// <inheritdoc />
    public override IEnumerable<Node> Children => [Call, .. Parameters, .. Defaults, .. Body];
}

/// <summary><c>{% filter upper %}</c>.</summary>
public sealed class FilterBlockNode(FilterNode filter, IReadOnlyList<Statement> body) : Statement
{
    /// <summary>The filters; the innermost has no operand.</summary>
    public FilterNode Filter { get; } = filter;

    /// <summary>The body.</summary>
    public IReadOnlyList<Statement> Body { get; } = body;

    /// <inheritdoc />
    public override IEnumerable<Node> Children => [.. Body, Filter];
}

/// <summary><c>{% set a = ... %}</c>.</summary>
public sealed class SetNode(Expression target, Expression value) : Statement
{
    /// <summary>A name, a <see cref="NamespaceRefNode"/> or a tuple of these.</summary>
    public Expression Target { get; } = target;

    /// <summary>The value.</summary>
    public Expression Value { get; } = value;

    /// <inheritdoc />
    public override IEnumerable<Node> Children => [Target, Value];
}

/// <summary><c>{% set a %}...{% endset %}</c>.</summary>
public sealed class SetBlockNode(Expression target, FilterNode? filter, IReadOnlyList<Statement> body) : Statement
{
    /// <summary>A name, a <see cref="NamespaceRefNode"/> or a tuple of these.</summary>
    public Expression Target { get; } = target;

    /// <summary>The filters of the tag.</summary>
    public FilterNode? Filter { get; } = filter;

    /// <summary>The body.</summary>
    public IReadOnlyList<Statement> Body { get; } = body;

    /// <inheritdoc />
    public override IEnumerable<Node> Children => Filter is null ? [Target, .. Body] : [Target, Filter, .. Body];
}

/// <summary><c>{% with %}</c>.</summary>
public sealed class WithNode(IReadOnlyList<Expression> targets, IReadOnlyList<Expression> values, IReadOnlyList<Statement> body) : Statement
{
    /// <summary>The names.</summary>
    public IReadOnlyList<Expression> Targets { get; } = targets;

    /// <summary>Their values.</summary>
    public IReadOnlyList<Expression> Values { get; } = values;

    /// <summary>The body.</summary>
    public IReadOnlyList<Statement> Body { get; } = body;

    /// <inheritdoc />
    public override IEnumerable<Node> Children => [.. Targets, .. Values, .. Body];
}

/// <summary><c>{% do ... %}</c>.</summary>
public sealed class DoNode(Expression value) : Statement
{
    /// <summary>What is evaluated.</summary>
    public Expression Value { get; } = value;

    /// <inheritdoc />
    public override IEnumerable<Node> Children => [Value];
}

/// <summary><c>{% break %}</c>.</summary>
public sealed class BreakNode : Statement
{
    /// <inheritdoc />
    public override IEnumerable<Node> Children => [];
}

/// <summary><c>{% continue %}</c>.</summary>
public sealed class ContinueNode : Statement
{
    /// <inheritdoc />
    public override IEnumerable<Node> Children => [];
}

/// <summary><c>{% autoescape true %}</c>.</summary>
public sealed class AutoescapeNode(Expression on, IReadOnlyList<Statement> body) : Statement
{
    /// <summary>Whether output is escaped in the body.</summary>
    public Expression On { get; } = on;

    /// <summary>The body.</summary>
    public IReadOnlyList<Statement> Body { get; } = body;

    /// <inheritdoc />
    public override IEnumerable<Node> Children => [On, .. Body];
}
