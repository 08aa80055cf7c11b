using System.Diagnostics;
using System.Text;

namespace FhirAspire.Jinja.Tests;

/// <summary>Whatever the source is: a result or a <see cref="JinjaException"/>, and soon.</summary>
public sealed class FuzzTests
{
    private static readonly string[] Pieces =
    [
        "{{", "}}", "{%", "%}", "{#", "#}", "-%}", "{%-", " ", "\n", "'", "\"", "\\", "(", ")", "[", "]", "{", "}", ",", ":", ".", "|", "~", "+", "-", "*", "**", "/", "//", "%", "==", "!=", "<", ">=", "=",
        "if", "else", "elif", "endif", "for", "in", "endfor", "set", "endset", "macro", "endmacro", "call", "endcall", "filter", "endfilter", "raw", "endraw", "block", "endblock", "with", "endwith", "do", "break", "continue", "is", "not", "and", "or", "recursive",
        "a", "b", "m", "loop", "x", "caller", "range", "dict", "upper", "map", "join", "sort", "default", "length", "defined", "odd", "1", "2.5", "0x", "1e9", "none", "true", "é", "😀", "\0", "$", "text",
        "{{ a }}", "{% if a %}", "{% endif %}", "{% for i in range(3) %}", "{% endfor %}", "{% set a = [1] %}", "{% macro m(a, b=1) %}", "{% endmacro %}", "{{ m(1) }}", "{{ a|join }}", "{{ 'x' * 9 }}",
    ];

    [Fact]
    public void Malformed_templates_never_crash_or_hang()
    {
        var random = new Random(20240229);
        var clock = Stopwatch.StartNew();
        for (var round = 0; round < 6000; round++)
        {
            var source = new StringBuilder();
            for (var n = random.Next(1, 25); n > 0; n--)
            {
                source.Append(Pieces[random.Next(Pieces.Length)]).Append(random.Next(3) == 0 ? string.Empty : " ");
            }

            ShouldEndWell(source.ToString(), round % 2 == 0);
        }

        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void Templates_with_one_character_changed_never_crash_or_hang()
    {
        const string template = "{% macro m(a, b=[1, 2]) -%}{{ a ~ b | join(', ') }}{%- endmacro %}{% for k, v in {'x': 1, 'y': 2.5}.items() if v > 0 %}{{ loop.index }}{{ m(k, [v]) | upper }}{% else %}{# none #}{% endfor %}{% set t = 'a' if 1 in [1] else none %}{{ '%5.2f|{:>4}'.format(t) % 3.14159 }}{% call m('q') %}{% endcall %}";
        var random = new Random(7);
        for (var round = 0; round < 4000; round++)
        {
            var text = new StringBuilder(template);
            var at = random.Next(text.Length);
            switch (random.Next(3))
            {
                case 0:
                    text.Remove(at, 1);
                    break;
                case 1:
                    text[at] = (char)random.Next(32, 127);
                    break;
                default:
                    text.Insert(at, Pieces[random.Next(Pieces.Length)]);
                    break;
            }

            ShouldEndWell(text.ToString(), dbt: false);
        }
    }

    [Theory]
    [InlineData("(", ")")]
    [InlineData("[", "]")]
    [InlineData("-", "")]
    [InlineData("not ", "")]
    [InlineData("{1:", "}")]
    [InlineData("f(", ")")]
    public void Deep_nesting_is_an_error_and_no_crash(string open, string close) =>
        ShouldEndWell("{{ " + string.Concat(Enumerable.Repeat(open, 20_000)) + "1" + string.Concat(Enumerable.Repeat(close, 20_000)) + " }}", dbt: false);

    [Theory]
    [InlineData("{{ 1", " + 1", " }}")]
    [InlineData("{{ a", ".b", " }}")]
    [InlineData("{{ a", "|upper", " }}")]
    [InlineData("{{ a", "[0]", " }}")]
    [InlineData("{{ 1", " if 1 else 2", " }}")]
    [InlineData("", "{% if 1 %}", "")]
    [InlineData("", "{% for i in [1] %}", "")]
    public void Long_chains_are_rendered_or_an_error(string start, string link, string end) =>
        ShouldEndWell(start + string.Concat(Enumerable.Repeat(link, 20_000)) + end, dbt: false);

    private static void ShouldEndWell(string source, bool dbt)
    {
        var environment = new JinjaEnvironment(new JinjaOptions { DbtExtensions = dbt, StepLimit = 20_000, SizeLimit = 1_000_000 });
        try
        {
            environment.Compile(source, "fuzz").Render(new Dictionary<string, object?>(StringComparer.Ordinal) { ["x"] = 5, ["b"] = new List<object?> { 1, "t" } });
        }
        catch (JinjaException error)
        {
            error.PythonType.ShouldNotBe("SystemError", source);
        }
    }
}
