using System.Text.Json;
using FhirAspire.Dbt.Tests.Conformance;

namespace FhirAspire.Dbt.Tests;

public sealed class JsonSchemaTests
{
    private const string Schema = """
        {"type": "object", "required": ["name"], "additionalProperties": false,
         "properties": {"name": {"type": "string", "pattern": "^[a-z]+$"}, "kind": {"enum": ["a", "b"]}, "size": {"anyOf": [{"type": "integer"}, {"type": "null"}]}, "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 2}}}
        """;

    [Theory]
    [InlineData("""{"name": "x", "kind": "a", "size": 1, "tags": ["t"]}""", 0)]
    [InlineData("""{"name": "x", "size": null}""", 0)]
    [InlineData("""{"kind": "a"}""", 1)]
    [InlineData("""{"name": "X"}""", 1)]
    [InlineData("""{"name": "x", "kind": "c"}""", 1)]
    [InlineData("""{"name": "x", "size": 1.5}""", 1)]
    [InlineData("""{"name": "x", "other": 1}""", 1)]
    [InlineData("""{"name": "x", "tags": [1, "a", "b"]}""", 2)]
    [InlineData("""[]""", 1)]
    public void A_value_that_does_not_fit_a_schema_is_found(string json, int errors) =>
        new JsonSchema(JsonDocument.Parse(Schema).RootElement).Check(JsonDocument.Parse(json).RootElement).Count.ShouldBe(errors);

    [Fact]
    public void A_keyword_that_is_not_checked_is_never_passed_over() =>
        Should.Throw<NotSupportedException>(() => new JsonSchema(JsonDocument.Parse("""{"oneOf": []}""").RootElement).Check(JsonDocument.Parse("1").RootElement));
}
