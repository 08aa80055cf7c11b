using System.Data.Common;

namespace FhirAspire.Warehouse.Snowflake;

/// <summary>The driver of the account: the package Snowflake.Data, where the build takes it (<c>Aspire=true</c> or <c>Snowflake=true</c>).</summary>
internal static class SnowflakeDriver
{
#if SNOWFLAKE
    public static DbProviderFactory? Factory => global::Snowflake.Data.Client.SnowflakeDbFactory.Instance;
#else
    public static DbProviderFactory? Factory => null;
#endif
}
