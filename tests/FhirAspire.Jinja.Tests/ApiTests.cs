using FhirAspire.Jinja.Modules;
using FhirAspire.Jinja.Syntax;

namespace FhirAspire.Jinja.Tests;

public sealed class ApiTests
{
    private static readonly JinjaEnvironment Plain = new();

    private static string Render(string source, params (string Name, object? Value)[] variables) =>
        Plain.Compile(source, "t").Render(variables.ToDictionary(item => item.Name, item => item.Value, StringComparer.Ordinal));

    [Fact]
    public void Ordinary_values_are_converted()
    {
        Render("{{ a }} {{ b }} {{ c.x[0] }} {{ d }} {{ e }} {{ f('q') }}",
            ("a", 1), ("b", 1.50m), ("c", new Dictionary<string, object?>(StringComparer.Ordinal) { ["x"] = new[] { 7 } }), ("d", new DateOnly(2024, 2, 29)), ("e", null), ("f", (JinjaCallable)(call => call.Positional[0] + "!")))
            .ShouldBe("1 1.50 7 2024-02-29 None q!");
    }

    [Fact]
    public void A_list_of_the_host_keeps_what_a_template_adds() =>
        Render("{% do l.append(2) %}{{ l }}", ("l", new List<object?> { 1 })).ShouldContain("2");

    [Fact]
    public void Errors_say_template_line_column_source_and_calls()
    {
        var error = Should.Throw<JinjaException>(() => Render("{% macro m(x) %}\n  {{ x.y.z }}\n{% endmacro %}\n{{ m({}) }}"));
        error.Kind.ShouldBe(JinjaErrorKind.Undefined);
        error.Code.ShouldBe("JIN300");
        (error.TemplateName, error.Line, error.Column).ShouldBe(("t", 2, 6));
        error.SourceLine.ShouldBe("  {{ x.y.z }}");
        error.Trace.ShouldHaveSingleItem().ShouldBe(new JinjaStackFrame("macro 'm'", "t", 4));
        error.Describe().ShouldContain("t:2:6");
    }

    [Fact]
    public void Failures_of_host_functions_keep_their_cause_and_get_a_place()
    {
        var error = Should.Throw<JinjaException>(() => Render("\n{{ f() }}", ("f", (JinjaCallable)(_ => throw new InvalidOperationException("broken")))));
        error.Line.ShouldBe(2);
        error.Reason.ShouldBe("broken");
        error.InnerException.ShouldBeOfType<InvalidOperationException>();
    }

    [Fact]
    public void An_endless_loop_ends_at_the_step_limit()
    {
        var environment = new JinjaEnvironment(new JinjaOptions { StepLimit = 1000 });
        var error = Should.Throw<JinjaException>(() => environment.Compile("{% set l = [1] %}{% for i in l %}{% do l.append(i) %}{% endfor %}").Render());
        error.Code.ShouldBe("JIN220");
    }

    [Fact]
    public void Rendering_can_be_cancelled()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        Should.Throw<OperationCanceledException>(() => Plain.Compile("{% for i in range(100000) %}{% endfor %}").Render(null, source.Token));
    }

    [Fact]
    public void Endless_recursion_is_an_error_also_on_a_small_stack()
    {
        JinjaException? error = null;
        var thread = new Thread(() => error = Should.Throw<JinjaException>(() => Render("{% macro m(n) %}{{ m(n + 1) }}{% endmacro %}{{ m(0) }}")), 256 * 1024);
        thread.Start();
        thread.Join();
        error!.PythonType.ShouldBe("RecursionError");
    }

    [Fact]
    public void One_template_renders_on_many_threads_at_once()
    {
        var template = Plain.GetTemplate("{% for i in range(50) %}{{ i * n }},{% endfor %}");
        Plain.GetTemplate("{% for i in range(50) %}{{ i * n }},{% endfor %}").ShouldBeSameAs(template);
        Parallel.For(0, 200, n => template.Render(new Dictionary<string, object?>(StringComparer.Ordinal) { ["n"] = n }).ShouldBe(string.Concat(Enumerable.Range(0, 50).Select(i => $"{i * n},"))));
    }

    [Fact]
    public void Macros_of_a_module_can_be_called_from_the_host()
    {
        var module = Plain.Compile("{% macro twice(x) %}{{ x }}{{ x }}{% endmacro %}{% set v = 5 %}").MakeModule();
        module.Exports.ShouldBe(["twice", "v"], ignoreOrder: true);
        module.TryGet("twice", out var macro).ShouldBeTrue();
        var context = Plain.Compile("{{ call_it() }}").Render(new Dictionary<string, object?>(StringComparer.Ordinal) { ["call_it"] = (JinjaCallable)(call => call.Context.Call(macro, "ab")) });
        context.ShouldBe("abab");
    }

    [Fact]
    public void A_standalone_macro_returns_values_and_sees_only_its_variables()
    {
        var environment = new JinjaEnvironment(new JinjaOptions { DbtExtensions = true });
        var variables = new Dictionary<string, object?>(StringComparer.Ordinal) { ["return"] = StandaloneMacro.Return, ["g"] = "G" };
        var macro = new StandaloneMacro(environment.GetTemplate("{% macro m(a) %}text{{ return([a, g, hidden]) }}{% endmacro %}", "m.sql"), "dbt_macro__m", _ => variables);
        environment.Compile("{% set hidden = 1 %}{{ m('x') }}").Render(new Dictionary<string, object?>(StringComparer.Ordinal) { ["m"] = macro }).ShouldBe("['x', 'G', Undefined]");
    }

    [Fact]
    public void Blocks_are_found_without_reading_their_bodies()
    {
        const string source = "{# {% macro no() %} #}\n{% macro a(x, y='{% endmacro %}') -%}\n {{ broken ] }}\n{%- endmacro %}\n{% raw %}{% macro no() %}{% endraw %}{% snapshot s %}x{% endsnapshot %}{% materialization v, adapter='duckdb' %}{% endmaterialization %}";
        var blocks = BlockExtractor.Extract(source);
        blocks.Select(block => $"{block.Kind} {block.Name} {block.Arguments} {block.Line}").ShouldBe(["macro a (x, y='{% endmacro %}') 2", "snapshot s  5", "materialization v , adapter='duckdb' 5"]);
        source[blocks[1].Start..blocks[1].End].ShouldBe("{% snapshot s %}x{% endsnapshot %}");
        source[blocks[1].BodyStart..blocks[1].BodyEnd].ShouldBe("x");
    }

    [Fact]
    public void A_block_that_is_not_closed_is_reported_with_its_line()
    {
        var error = Should.Throw<JinjaException>(() => BlockExtractor.Extract("\n{% macro a() %}x", null, "m.sql"));
        (error.TemplateName, error.Line).ShouldBe(("m.sql", 2));
        error.Reason.ShouldContain("'a'");
    }

    [Fact]
    public void The_tree_can_be_walked_for_calls()
    {
        var tree = Plain.Parse("{{ config(materialized='table') }}select * from {{ ref('a') }} {% if x %}{{ ref('p', 'b') }}{% endif %}");
        var calls = tree.DescendantsAndSelf().OfType<CallNode>().Where(call => call.Callee is NameNode { Name: "ref" });
        calls.Select(call => ((ConstNode)call.Arguments.Positional[^1]).Value).ShouldBe(["a", "b"]);
    }

    [Fact]
    public void Macros_know_their_span_and_kind()
    {
        const string source = "x{% test t(model) %}y{% endtest %}z";
        var macro = new JinjaEnvironment(new JinjaOptions { DbtExtensions = true }).Parse(source).Body.OfType<MacroNode>().Single();
        (macro.Kind, macro.TagName, macro.Name).ShouldBe((MacroKind.Test, "t", "dbt_macro__test_t"));
        source[source.IndexOf("{%", StringComparison.Ordinal)..macro.End].ShouldBe("{% test t(model) %}y{% endtest %}");
    }

    [Fact]
    public void Native_rendering_keeps_types()
    {
        var environment = new JinjaEnvironment(new JinjaOptions { DbtExtensions = true, Native = true });
        object? Native(string source) => environment.Compile(source).RenderNative(new Dictionary<string, object?>(StringComparer.Ordinal) { ["n"] = 5 });
        Native("{{ n }}").ShouldBe(5L);
        Native("{{ n }} ").ShouldBe("5 ");
        Native("{{ '5' | as_number }}").ShouldBe(5L);
    }

    [Theory]
    [InlineData("{{ 'x' * 10 ** 12 }}")]
    [InlineData("{{ [0] * 10 ** 12 }}")]
    [InlineData("{{ 2 ** (10 ** 9) }}")]
    [InlineData("{{ '%1000000000d' % 1 }}")]
    [InlineData("{{ '{:1000000000}'.format(1) }}")]
    [InlineData("{{ 'a'.center(10 ** 10) }}")]
    public void No_operation_makes_more_than_the_size_limit(string source) =>
        Should.Throw<JinjaException>(() => Render(source)).Code.ShouldBeOneOf("JIN209", "JIN207");

    [Theory]
    [InlineData(0.1)]
    [InlineData(1e22)]
    [InlineData(5e-324)]
    [InlineData(1.7976931348623157e308)]
    [InlineData(-123456.789)]
    public void A_float_printed_and_read_again_is_the_same(double value) =>
        double.Parse(JinjaValue.Str(value), System.Globalization.CultureInfo.InvariantCulture).ShouldBe(value);

    [Fact]
    public void Printing_a_value_and_evaluating_it_is_the_identity()
    {
        var random = new Random(5);
        for (var round = 0; round < 500; round++)
        {
            var value = Arbitrary(random, 3);
            var environment = new JinjaEnvironment(new JinjaOptions { DbtExtensions = true, Native = true });
            var again = environment.Compile("{{ v | string | as_native }}").RenderNative(new Dictionary<string, object?>(StringComparer.Ordinal) { ["v"] = new JinjaList { value } });
            JinjaValue.AreEqual(again, new JinjaList { value }).ShouldBeTrue(JinjaValue.Repr(value));
        }
    }

    [Fact]
    public void Sorting_orders_everything_and_keeps_equal_items_in_place()
    {
        var random = new Random(11);
        for (var round = 0; round < 50; round++)
        {
            var items = Enumerable.Range(0, random.Next(0, 300)).Select(i => (object?)new JinjaTuple((long)random.Next(0, 10), (long)i)).ToList();
            var sorted = (JinjaList)new JinjaEnvironment(new JinjaOptions { DbtExtensions = true, Native = true }).Compile("{{ l | sort(attribute=0) }}").RenderNative(new Dictionary<string, object?>(StringComparer.Ordinal) { ["l"] = new JinjaList(items) })!;
            sorted.ShouldBe(items.OrderBy(item => (long)((JinjaTuple)item!)[0]!));
        }
    }

    [Fact]
    public void Modules_take_their_time_from_the_given_clock()
    {
        var variables = ContextFunctions.Make(new FixedTime());
        Plain.Compile("{{ modules.datetime.datetime.utcnow() }}").Render(variables).ShouldBe("2024-05-06 07:08:09");
    }

    private static object? Arbitrary(Random random, int depth) => random.Next(depth > 0 ? 8 : 5) switch
    {
        0 => random.NextInt64(long.MinValue, long.MaxValue),
        1 => (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-30, 30)),
        2 => null,
        3 => random.Next(2) == 0,
        4 => new string([.. Enumerable.Range(0, random.Next(8)).Select(_ => "ab'\"\\\n\t é€x"[random.Next(11)])]),
        5 => new JinjaList(Enumerable.Range(0, random.Next(4)).Select(_ => Arbitrary(random, depth - 1))),
        6 => new JinjaTuple([.. Enumerable.Range(0, random.Next(4)).Select(_ => Arbitrary(random, depth - 1))]),
        _ => new JinjaDict(Enumerable.Range(0, random.Next(4)).Select(i => new KeyValuePair<string, object?>($"k{i}", Arbitrary(random, depth - 1)))),
    };

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2024, 5, 6, 7, 8, 9, TimeSpan.Zero);
    }
}
