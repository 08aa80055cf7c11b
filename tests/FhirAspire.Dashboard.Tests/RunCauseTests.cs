using FhirAspire.Dashboard.State;
using FhirAspire.Pipeline.Jobs;
using FhirAspire.Pipeline.Runs;

namespace FhirAspire.Dashboard.Tests;

public sealed class RunCauseTests
{
    [Fact]
    public void Of_a_model_that_failed_the_sentence_that_says_why_is_shown_with_its_code()
    {
        var run = Failed("DbtRunException", """
            1 of 264 nodes failed, the first: model.fhir_aspire.fct_of_nothing: Runtime Error in model fct_of_nothing (models/marts/fct_of_nothing.sql)
              Binder Error: Referenced column "no_such_column" not found in FROM clause!
              Candidate bindings: "county"

              > called by model fct_of_nothing (models/marts/fct_of_nothing.sql)
              [DBT4011] at models/marts/fct_of_nothing.sql
            """);
        RunCause.Of(run).ShouldBe(new RunCause("DBT4011", "fct_of_nothing", """Binder Error: Referenced column "no_such_column" not found in FROM clause!"""));
        RunCause.Line(run).ShouldStartWith("fct_of_nothing: Binder Error");
    }

    [Fact]
    public void Of_a_test_that_failed_its_name_stands_before_what_it_found() =>
        RunCause.Of(Failed("DbtRunException", "2 of 264 nodes failed, the first: test.p.not_null_people_name.abc: Got 3 results, configured to fail if != 0"))
            .ShouldBe(new RunCause("DbtRunException", null, "not_null_people_name: Got 3 results, configured to fail if != 0"));

    [Theory]
    [InlineData("OBJ1203", "S3 answered 503 SlowDown to LIST\nat line 2", "S3 answered 503 SlowDown to LIST")]
    [InlineData(null, null, "no reason was recorded")]
    public void Of_any_other_failure_the_first_line_is_shown(string? code, string? error, string text) =>
        RunCause.Of(Failed(code, error)).ShouldBe(new RunCause(code ?? "error", null, text));

    private static JobRun Failed(string? code, string? error) => new() { Id = 1, Job = JobNames.Dbt, Status = RunStatus.Failed, Owner = "test", ErrorCode = code, Error = error };
}
