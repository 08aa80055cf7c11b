namespace FhirAspire.Simulation.Modules.Loading;

/// <summary>Reads <c>exact</c>, <c>range</c> and <c>distribution</c>.</summary>
internal static class NumberReader
{
    private static readonly string[] Kinds = ["EXACT", "UNIFORM", "GAUSSIAN", "EXPONENTIAL", "TRIANGULAR"];

    /// <summary>The old form wins where both are there.</summary>
    public static NumberSource? Read(JsonFields fields) => ReadOld(fields, out _) ?? ReadNew(fields);

    /// <summary><c>exact</c> or <c>range</c>.</summary>
    /// <param name="fields">The object that may hold them.</param>
    /// <param name="holder">The object that holds the numbers, and the unit where there is one.</param>
    public static NumberSource? ReadOld(JsonFields fields, out JsonFields holder)
    {
        holder = fields;
        if (fields.Has("exact") && fields.Element.GetProperty("exact").ValueKind == System.Text.Json.JsonValueKind.Object)
        {
            holder = fields.Object("exact")!.Value;
            if (holder.Has("quantity") && holder.Element.GetProperty("quantity").ValueKind is not System.Text.Json.JsonValueKind.Number)
            {
                return null;
            }

            return holder.Number("quantity", required: true) is { } quantity ? NumberSource.Exact(quantity) : null;
        }

        if (fields.Object("range") is { } range)
        {
            holder = range;
            var low = range.Number("low", required: true);
            var high = range.Number("high", required: true);
            if (low is null || high is null)
            {
                return null;
            }

            if (low > high)
            {
                range.Report(null, $"low {low} above high {high}", "low at most high", isWarning: true);
            }

            return NumberSource.Range(low.Value, high.Value, range.Number("decimals") is { } decimals ? (int)decimals : null);
        }

        return null;
    }

    public static NumberSource? ReadNew(JsonFields fields) => ReadDistribution(fields) is { } distribution ? NumberSource.Of(distribution) : null;

    public static Distribution? ReadDistribution(JsonFields fields)
    {
        if (fields.Object("distribution") is not { } distribution)
        {
            return null;
        }

        var kind = distribution.OneOf("kind", Kinds, ignoreCase: true);
        if (kind < 0 || distribution.Object("parameters", required: true) is not { } parameters)
        {
            return null;
        }

        double Required(string key) => parameters.Number(key, required: true) ?? 0;
        var result = (DistributionKind)kind switch
        {
            DistributionKind.Exact => new Distribution(DistributionKind.Exact, Required("value")),
            DistributionKind.Uniform => new Distribution(DistributionKind.Uniform, Required("low"), Required("high")),
            DistributionKind.Gaussian => new Distribution(DistributionKind.Gaussian, Required("mean"), Required("standardDeviation"))
            {
                Minimum = parameters.Number("min"),
                Maximum = parameters.Number("max"),
            },
            DistributionKind.Exponential => new Distribution(DistributionKind.Exponential, Required("mean")),
            _ => new Distribution(DistributionKind.Triangular, Required("min"), Required("mode"), Required("max")),
        };
        if (result.Kind == DistributionKind.Uniform && result.A > result.B)
        {
            parameters.Report(null, $"low {result.A} above high {result.B}", "low at most high", isWarning: true);
        }

        return result with { Round = distribution.Flag("round") };
    }
}
