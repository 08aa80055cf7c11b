using FhirAspire.Dbt.Adapters;
using FhirAspire.Warehouse;

namespace FhirAspire.Dbt.Compile;

/// <summary>Makes errors of a warehouse errors of dbt.</summary>
internal static class DatabaseErrors
{
    public static DbtException Translate(IDbtAdapter adapter, WarehouseException exception) =>
        new(exception.Code is "WH1001" or "WH1002" ? "DBT4010" : "DBT4011", adapter.DatabaseErrorKind, exception.DatabaseMessage, exception)
        {
            IsTransient = exception.IsTransient, Hint = exception.Hint,
        };
}
