using System.ComponentModel.DataAnnotations;
using FhirAspire.Warehouse.Snowflake;
using Microsoft.Extensions.Options;

namespace FhirAspire.Warehouse.Hosting;

internal sealed class WarehouseOptionsValidator : IValidateOptions<WarehouseOptions>
{
    public ValidateOptionsResult Validate(string? name, WarehouseOptions options)
    {
        var faults = new List<string>();
        switch (options.Kind)
        {
            case WarehouseKind.DuckDb:
                Check(nameof(options.DuckDb), options.DuckDb, faults);
                break;
            case WarehouseKind.Postgres:
                Check(nameof(options.Postgres), options.Postgres, faults);
                break;
            case WarehouseKind.Snowflake:
                Check(nameof(options.Snowflake), options.Snowflake, faults);
                if (SnowflakeDriver.Factory is null)
                {
                    faults.Add($"{WarehouseOptions.Section}:Kind is {options.Kind}, whose driver this build has not; expected {WarehouseKind.DuckDb} or {WarehouseKind.Postgres}, or a build with the environment variable Snowflake=true.");
                }

                break;
            default:
                faults.Add($"{WarehouseOptions.Section}:Kind is {options.Kind}; expected {WarehouseKind.DuckDb}, {WarehouseKind.Postgres} or {WarehouseKind.Snowflake}.");
                break;
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static void Check(string part, object options, List<string> faults)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        faults.AddRange(results.Select(result => $"{WarehouseOptions.Section}:{part}: {result.ErrorMessage}"));
    }
}
