using System.Text;

namespace FhirAspire.Jinja.Syntax;

/// <content>Macros, and the tags of dbt that are macros under another name.</content>
internal sealed partial class Parser
{
    private void ParseSignature(List<NameNode> parameters, List<Expression> defaults, Dictionary<string, string>? types)
    {
        _stream.Expect(TokenType.LParen);
        while (_stream.Current.Type != TokenType.RParen)
        {
            if (parameters.Count > 0)
            {
                _stream.Expect(TokenType.Comma);
            }

            var parameter = ParseNameTarget();
            parameter.Use = NameUse.Param;
            if (types is not null && _stream.SkipIf(TokenType.Colon))
            {
                types[parameter.Name] = ParseTypeName();
            }

            if (_stream.SkipIf(TokenType.Assign))
            {
                defaults.Add(ParseExpression());
            }
            else if (defaults.Count > 0)
            {
                throw Fail("non-default argument follows default argument");
            }

            parameters.Add(parameter);
        }

        _stream.Expect(TokenType.RParen);
    }

    /// <summary><c>name ["[" type {"," type} "]"]</c></summary>
    private string ParseTypeName()
    {
        Enter();
        var text = new StringBuilder(_stream.Expect(TokenType.Name).Text);
        if (_stream.SkipIf(TokenType.LBracket))
        {
            text.Append('[').Append(ParseTypeName());
            while (_stream.SkipIf(TokenType.Comma))
            {
                text.Append(", ").Append(ParseTypeName());
            }

            _stream.Expect(TokenType.RBracket);
            text.Append(']');
        }

        _depth--;
        return text.ToString();
    }

    private MacroNode ParseMacro()
    {
        var token = _stream.Next();
        var name = ParseNameTarget().Name;
        var parameters = new List<NameNode>();
        var defaults = new List<Expression>();
        var types = _options.DbtExtensions ? new Dictionary<string, string>(StringComparer.Ordinal) : null;
        ParseSignature(parameters, defaults, types);
        var body = ParseStatements(["endmacro"], dropNeedle: true);
        var full = _options.DbtExtensions ? "dbt_macro__" + name : name;
        return Finish(new MacroNode(MacroKind.Macro, name, full, parameters, defaults, body) { ParameterTypes = types ?? [] }, token);
    }

    private MacroNode ParseTestBlock()
    {
        var token = _stream.Next();
        var name = ParseNameTarget().Name;
        var parameters = new List<NameNode>();
        var defaults = new List<Expression>();
        ParseSignature(parameters, defaults, null);
        var body = ParseStatements(["endtest"], dropNeedle: true);
        return Finish(new MacroNode(MacroKind.Test, name, "dbt_macro__test_" + name, parameters, defaults, body), token);
    }

    private MacroNode ParseDocs()
    {
        var token = _stream.Next();
        var name = ParseNameTarget().Name;
        var body = ParseStatements(["enddocs"], dropNeedle: true);
        return Finish(new MacroNode(MacroKind.Docs, name, "dbt_docs__" + name, [], [], body), token);
    }

    private MacroNode ParseMaterialization()
    {
        var token = _stream.Next();
        var name = ParseNameTarget().Name;
        var adapter = "default";
        var parameters = new List<NameNode>();
        var defaults = new List<Expression>();
        while (_stream.SkipIf(TokenType.Comma))
        {
            var option = ParseNameTarget();
            switch (option.Name)
            {
                case "default":
                    break;
                case "adapter":
                    _stream.Expect(TokenType.Assign);
                    adapter = ParseExpression() is ConstNode { Value: string text }
                        ? text
                        : throw Fail("the adapter of a materialization has to be a text");
                    break;
                case "supported_languages":
                    _stream.Expect(TokenType.Assign);
                    option.Use = NameUse.Param;
                    parameters.Add(option);
                    defaults.Add(ParseExpression());
                    break;
                default:
                    throw new JinjaException(JinjaErrorKind.Runtime, "MaterializationArgError", $"materialization '{name}' received unknown argument '{option.Name}'.")
                        .At(null, option.Line, 1, _source);
            }
        }

        if (parameters.Count == 0)
        {
            parameters.Add(At(new NameNode("supported_languages", NameUse.Param), token.Line, token.Start));
            defaults.Add(At(new ListNode([At(new ConstNode("sql"), token.Line, token.Start)]), token.Line, token.Start));
        }

        var body = ParseStatements(["endmaterialization"], dropNeedle: true);
        return Finish(new MacroNode(MacroKind.Materialization, name, $"dbt_macro__materialization_{name}_{adapter}", parameters, defaults, body) { Adapter = adapter }, token);
    }

    private MacroNode Finish(MacroNode node, Token token)
    {
        node.End = _stream.Current.Type == TokenType.BlockEnd ? _stream.Current.End : _stream.LastEnd;
        return At(node, token.Line, token.Start);
    }
}
