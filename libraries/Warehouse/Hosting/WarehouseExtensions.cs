using FhirAspire.Warehouse.DuckDb;
using FhirAspire.Warehouse.Postgres;
using FhirAspire.Warehouse.Snowflake;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FhirAspire.Warehouse.Hosting;

/// <summary>Adds the warehouse to a host.</summary>
public static class WarehouseExtensions
{
    /// <summary>Adds the <see cref="IWarehouse"/> that section <c>Warehouse</c> names; harmless when repeated.</summary>
    public static IHostApplicationBuilder AddWarehouse(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddOptions<WarehouseOptions>().BindConfiguration(WarehouseOptions.Section).ValidateOnStart();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<WarehouseOptions>, WarehouseOptionsValidator>());
        builder.Services.TryAddSingleton(services => Create(services.GetRequiredService<IOptions<WarehouseOptions>>().Value, services.GetService<ILoggerFactory>()));
        return builder;
    }

    /// <summary>Makes the warehouse that the options name.</summary>
    /// <param name="options">What to make.</param>
    /// <param name="logs">Where it says what it had to mend.</param>
    public static IWarehouse Create(WarehouseOptions options, ILoggerFactory? logs = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.Kind switch
        {
            WarehouseKind.DuckDb => new DuckDbWarehouse(options.DuckDb, logs?.CreateLogger<DuckDbWarehouse>()),
            WarehouseKind.Postgres => new PostgresWarehouse(options.Postgres),
            WarehouseKind.Snowflake when SnowflakeDriver.Factory is { } factory => new SnowflakeWarehouse(options.Snowflake, factory),
            var kind => throw new WarehouseException("WH1003", $"no driver for {kind} in this build", isTransient: false),
        };
    }
}
