namespace FhirAspire.Jinja.Syntax;

/// <summary>A block that stands at the top level of a file, such as a macro: found without reading its body.</summary>
/// <param name="Kind">The word of the opening tag: <c>macro</c>, <c>test</c>, <c>snapshot</c> and so on.</param>
/// <param name="Name">The name behind it.</param>
/// <param name="Arguments">What stands between the name and the end of the opening tag, trimmed: <c>(a, b=1)</c> of a macro, <c>, default</c> of a materialization.</param>
/// <param name="Start">The offset of the opening tag in the source.</param>
/// <param name="End">The offset behind the closing tag.</param>
/// <param name="BodyStart">The offset behind the opening tag.</param>
/// <param name="BodyEnd">The offset of the closing tag.</param>
/// <param name="Line">The line of the opening tag, from 1.</param>
public sealed record JinjaBlock(string Kind, string Name, string Arguments, int Start, int End, int BodyStart, int BodyEnd, int Line);
