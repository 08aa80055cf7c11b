using FhirAspire.Dbt.Adapters;
using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Parse;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Run;

/// <summary>Whether a test passed, from the one row that its query gives.</summary>
internal static class TestVerdict
{
    public static DbtNodeResult Of(DbtSession session, DbtNode node, AgateTable table, NodeClock clock, AdapterResponse? response)
    {
        if (table.Data.Count != 1 || table.Names.Count != 3)
        {
            throw new DbtException("DBT4101", DbtErrorKind.Internal, $"dbt internally failed to execute {node.UniqueId}: Returned {table.Data.Count} rows and {table.Names.Count} cols, but expected 1 row and 3 columns")
            {
                Found = $"{table.Data.Count} rows", Expected = "one row with failures, should_warn, should_error",
            };
        }

        var row = table.Data[0];
        var failures = row[0] is null ? 0 : long.TryParse(Host.Text(row[0]), out var count) ? count : (long)double.Parse(Host.Text(row[0]), System.Globalization.CultureInfo.InvariantCulture);
        var shouldWarn = IsTrue(row[1]);
        var shouldError = IsTrue(row[2]);
        var severity = (node.Config.GetString("severity") ?? "ERROR").ToUpperInvariant();
        var got = failures == 1 ? "1 result" : $"{failures} results";
        if (severity == "ERROR" && shouldError)
        {
            return clock.Result(node, DbtStatus.Fail, $"Got {got}, configured to fail if {Val.Str(node.Config.Get("error_if"))}", failures, response);
        }

        if (!shouldWarn)
        {
            return clock.Result(node, DbtStatus.Pass, null, 0, response);
        }

        return session.Log.IsError("LogTestResult")
            ? clock.Result(node, DbtStatus.Fail, $"Got {got}, configured to fail if {Val.Str(node.Config.Get("warn_if"))}", failures, response)
            : clock.Result(node, DbtStatus.Warn, $"Got {got}, configured to warn if {Val.Str(node.Config.Get("warn_if"))}", failures, response);
    }

    private static bool IsTrue(object? value) => value switch
    {
        bool flag => flag,
        null => false,
        string text => text.Equals("true", StringComparison.OrdinalIgnoreCase) || text is "1" or "t",
        _ => Host.IsTrue(value),
    };
}
