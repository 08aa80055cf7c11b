namespace FhirAspire.Jinja.Syntax;

/// <summary>How a name is used.</summary>
public enum NameUse
{
    /// <summary>It is read.</summary>
    Load,

    /// <summary>It is set.</summary>
    Store,

    /// <summary>It is a parameter.</summary>
    Param,
}

/// <summary>Text of the template.</summary>
public sealed class DataNode(string text) : Expression
{
    /// <summary>The text, after stripping.</summary>
    public string Text { get; } = text;

    /// <inheritdoc />
    public override IEnumerable<Node> Children => [];
}

/// <summary>A name.</summary>
public sealed class NameNode(string name, NameUse use) : Expression
{
    /// <summary>The name.</summary>
    public string Name { get; } = name;

    /// <summary>How it is used.</summary>
    public NameUse Use { get; internal set; } = use;

    /// <inheritdoc />
    public override IEnumerable<Node> Children => [];

    internal override string PythonName => "name";

    internal override bool CanAssign => Name is not ("true" or "false" or "none" or "True" or "False" or "None");
}

/// <summary><c>ns.attribute</c> as the target of <c>set</c>.</summary>
public sealed class NamespaceRefNode(string name, string attribute) : Expression
{
    /// <summary>The name of the namespace.</summary>
    public string Name { get; } = name;

    /// <summary>The attribute.</summary>
    public string Attribute { get; } = attribute;

    /// <inheritdoc />
    public override IEnumerable<Node> Children => [];

    internal override string PythonName => "nsref";

    internal override bool CanAssign => true;
}

/// <summary>A constant: text, integer, float, true, false or none.</summary>
public sealed class ConstNode(object? value) : Expression
{
    /// <summary>The value in the library's value model.</summary>
    public object? Value { get; } = value;

    /// <inheritdoc />
    public override IEnumerable<Node> Children => [];

    internal override string PythonName => "const";
}

/// <summary>A tuple.</summary>
public sealed class TupleNode(IReadOnlyList<Expression> items) : Expression
{
    /// <summary>The items.</summary>
    public IReadOnlyList<Expression> Items { get; } = items;

    /// <inheritdoc />
    public override IEnumerable<Node> Children => Items;

    internal override string PythonName => "tuple";

    internal override bool CanAssign => Items.All(item => item.CanAssign);
}

/// <summary>A list.</summary>
public sealed class ListNode(IReadOnlyList<Expression> items) : Expression
{
    /// <summary>The items.</summary>
    public IReadOnlyList<Expression> Items { get; } = items;

    /// <inheritdoc />
    public override IEnumerable<Node> Children => Items;

    internal override string PythonName => "list";
}

/// <summary>A dict.</summary>
public sealed class DictNode(IReadOnlyList<(Expression Key, Expression Value)> items) : Expression
{
    /// <summary>Keys and values.</summary>
    public IReadOnlyList<(Expression Key, Expression Value)> Items { get; } = items;

    /// <inheritdoc />
    public override IEnumerable<Node> Children => Items.SelectMany(item => new Node[] { item.Key, item.Value });

    internal override string PythonName => "dict";
}

/// <summary><c>a if test else b</c>.</summary>
public sealed class ConditionalNode(Expression test, Expression then, Expression? @else) : Expression
{
    /// <summary>The condition.</summary>
    public Expression Test { get; } = test;

    /// <summary>The value when it holds.</summary>
    public Expression Then { get; } = then;

    /// <summary>The value when it does not; undefined without.</summary>
    public Expression? Else { get; } = @else;

    /// <inheritdoc />
    public override IEnumerable<Node> Children => Else is null ? [Test, Then] : [Test, Then, Else];
}

/// <summary>The arguments of a call, a filter or a test.</summary>
public sealed class ArgumentsNode(IReadOnlyList<Expression> positional, IReadOnlyList<(string Name, Expression Value)> keywords, Expression? star, Expression? doubleStar)
{
    /// <summary>No arguments.</summary>
    public static readonly ArgumentsNode None = new([], [], null, null);

    /// <summary>By position.</summary>
    public IReadOnlyList<Expression> Positional { get; } = positional;

    /// <summary>By name, in the order of the source.</summary>
    public IReadOnlyList<(string Name, Expression Value)> Keywords { get; } = keywords;

    /// <summary>The operand of <c>*</c>.</summary>
    public Expression? Star { get; } = star;

    /// <summary>The operand of <c>**</c>.</summary>
    public Expression? DoubleStar { get; } = doubleStar;

    internal IEnumerable<Node> Nodes
    {
        get
        {
            foreach (var argument in Positional)
            {
                yield return argument;
            }

            foreach (var (_, value) in Keywords)
            {
                yield return value;
            }

            if (Star is not null)
            {
                yield return Star;
            }

            if (DoubleStar is not null)
            {
                yield return DoubleStar;
            }
        }
    }
}

/// <summary><c>value | name(arguments)</c>.</summary>
public sealed class FilterNode(Expression? operand, string name, ArgumentsNode arguments) : Expression
{
    /// <summary>The value; null inside a filter block, where the text of the block is the value.</summary>
    public Expression? Operand { get; } = operand;

    /// <summary>The filter.</summary>
    public string Name { get; } = name;

    /// <summary>Its further arguments.</summary>
    public ArgumentsNode Arguments { get; } = arguments;

    /// <inheritdoc />
    public override IEnumerable<Node> Children => Operand is null ? Arguments.Nodes : Arguments.Nodes.Prepend(Operand);
}

/// <summary><c>value is name(arguments)</c>.</summary>
public sealed class TestNode(Expression operand, string name, ArgumentsNode arguments) : Expression
{
    /// <summary>The value.</summary>
    public Expression Operand { get; } = operand;

    /// <summary>The test.</summary>
    public string Name { get; } = name;

    /// <summary>Its further arguments.</summary>
    public ArgumentsNode Arguments { get; } = arguments;

    /// <inheritdoc />
    public override IEnumerable<Node> Children => Arguments.Nodes.Prepend(Operand);
}

/// <summary><c>callee(arguments)</c>.</summary>
public sealed class CallNode(Expression callee, ArgumentsNode arguments) : Expression
{
    /// <summary>What is called.</summary>
    public Expression Callee { get; } = callee;

    /// <summary>The arguments.</summary>
    public ArgumentsNode Arguments { get; } = arguments;

    /// <inheritdoc />
    public override IEnumerable<Node> Children => Arguments.Nodes.Prepend(Callee);

    internal override string PythonName => "call";
}

/// <summary><c>value.name</c>.</summary>
public sealed class AttributeNode(Expression operand, string name) : Expression
{
    /// <summary>The value.</summary>
    public Expression Operand { get; } = operand;

    /// <summary>The name.</summary>
    public string Name { get; } = name;

    /// <inheritdoc />
    public override IEnumerable<Node> Children => [Operand];

    internal override string PythonName => "getattr";
}

/// <summary><c>value[key]</c>.</summary>
public sealed class ItemNode(Expression operand, Expression key) : Expression
{
    /// <summary>The value.</summary>
    public Expression Operand { get; } = operand;

    /// <summary>The key, index or <see cref="SliceNode"/>.</summary>
    public Expression Key { get; } = key;

    /// <inheritdoc />
    public override IEnumerable<Node> Children => [Operand, Key];

    internal override string PythonName => "getitem";
}

/// <summary><c>start:stop:step</c> inside brackets.</summary>
public sealed class SliceNode(Expression? first, Expression? stop, Expression? step) : Expression
{
    /// <summary>The first index.</summary>
    public Expression? First { get; } = first;

    /// <summary>The index behind the last.</summary>
    public Expression? Stop { get; } = stop;

    /// <summary>The step.</summary>
    public Expression? Step { get; } = step;

    /// <inheritdoc />
    public override IEnumerable<Node> Children => new[] { First, Stop, Step }.OfType<Expression>();
}

/// <summary><c>a ~ b ~ c</c>.</summary>
public sealed class ConcatNode(IReadOnlyList<Expression> items) : Expression
{
    /// <summary>The operands.</summary>
    public IReadOnlyList<Expression> Items { get; } = items;

    /// <inheritdoc />
    public override IEnumerable<Node> Children => Items;
}

/// <summary>The operators of <see cref="CompareNode"/>.</summary>
public enum CompareOperator
{
    /// <summary><c>==</c></summary>
    Equal,

    /// <summary><c>!=</c></summary>
    NotEqual,

    /// <summary><c>&lt;</c></summary>
    Less,

    /// <summary><c>&lt;=</c></summary>
    LessOrEqual,

    /// <summary><c>&gt;</c></summary>
    Greater,

    /// <summary><c>&gt;=</c></summary>
    GreaterOrEqual,

    /// <summary><c>in</c></summary>
    In,

    /// <summary><c>not in</c></summary>
    NotIn,
}

/// <summary>A comparison, also a chain of them.</summary>
public sealed class CompareNode(Expression first, IReadOnlyList<(CompareOperator Operator, Expression Operand)> rest) : Expression
{
    /// <summary>The first operand.</summary>
    public Expression First { get; } = first;

    /// <summary>Operators and further operands.</summary>
    public IReadOnlyList<(CompareOperator Operator, Expression Operand)> Rest { get; } = rest;

    /// <inheritdoc />
    public override IEnumerable<Node> Children => Rest.Select(item => (Node)item.Operand).Prepend(First);

    internal override string PythonName => "compare";
}

/// <summary>The operators of <see cref="BinaryNode"/>.</summary>
public enum BinaryOperator
{
    /// <summary><c>+</c></summary>
    Add,

    /// <summary><c>-</c></summary>
    Subtract,

    /// <summary><c>*</c></summary>
    Multiply,

    /// <summary><c>/</c></summary>
    Divide,

    /// <summary><c>//</c></summary>
    FloorDivide,

    /// <summary><c>%</c></summary>
    Modulo,

    /// <summary><c>**</c></summary>
    Power,

    /// <summary><c>and</c></summary>
    And,

    /// <summary><c>or</c></summary>
    Or,
}

/// <summary>An operator between two operands.</summary>
public sealed class BinaryNode(BinaryOperator op, Expression left, Expression right) : Expression
{
    /// <summary>The operator.</summary>
    public BinaryOperator Operator { get; } = op;

    /// <summary>The left operand.</summary>
    public Expression Left { get; } = left;

    /// <summary>The right operand.</summary>
    public Expression Right { get; } = right;

    /// <inheritdoc />
    public override IEnumerable<Node> Children => [Left, Right];
}

/// <summary>The operators of <see cref="UnaryNode"/>.</summary>
public enum UnaryOperator
{
    /// <summary><c>-</c></summary>
    Minus,

    /// <summary><c>+</c></summary>
    Plus,

    /// <summary><c>not</c></summary>
    Not,
}

/// <summary>An operator before an operand.</summary>
public sealed class UnaryNode(UnaryOperator op, Expression operand) : Expression
{
    /// <summary>The operator.</summary>
    public UnaryOperator Operator { get; } = op;

    /// <summary>The operand.</summary>
    public Expression Operand { get; } = operand;

    /// <inheritdoc />
    public override IEnumerable<Node> Children => [Operand];
}
