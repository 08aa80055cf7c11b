using System.ComponentModel.DataAnnotations;
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
                var results = new List<ValidationResult>();
                Validator.TryValidateObject(options.DuckDb, new ValidationContext(options.DuckDb), results, validateAllProperties: true);
                faults.AddRange(results.Select(result => $"{WarehouseOptions.Section}:DuckDb: {result.ErrorMessage}"));
                break;
            default:
                faults.Add($"{WarehouseOptions.Section}:Kind is {options.Kind}; this build has {WarehouseKind.DuckDb}.");
                break;
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
