namespace FhirAspire.Jinja.Syntax;

/// <summary>A node of a parsed template. Trees are immutable after parsing and may be read by many threads.</summary>
public abstract class Node
{
    /// <summary>The line on which Jinja2 places the node, from 1.</summary>
    public int Line { get; internal set; }

    /// <summary>The offset of the node's first token in <see cref="TemplateNode.Source"/>.</summary>
    public int Start { get; internal set; }

    /// <summary>The nodes directly below, in the order of the source.</summary>
    public abstract IEnumerable<Node> Children { get; }

    /// <summary>This node and all below it, in the order of the source. Nothing recursive: deep trees are walked with a stack.</summary>
    public IEnumerable<Node> DescendantsAndSelf()
    {
        var stack = new Stack<Node>();
        stack.Push(this);
        while (stack.TryPop(out var node))
        {
            yield return node;
            foreach (var child in node.Children.Reverse())
            {
                stack.Push(child);
            }
        }
    }
}

/// <summary>A node that does something.</summary>
public abstract class Statement : Node;

/// <summary>A node that has a value.</summary>
public abstract class Expression : Node
{
    /// <summary>The name by which Jinja2 calls the class in "can't assign to".</summary>
    internal virtual string PythonName => "expr";

    internal virtual bool CanAssign => false;
}
