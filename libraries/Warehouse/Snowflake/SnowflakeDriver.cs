using System.Data.Common;

namespace FhirAspire.Warehouse.Snowflake;

/// <summary>The driver of the account: the package Snowflake.Data, where the build takes it (<c>Aspire=true</c> or <c>Snowflake=true</c>).</summary>
public static class SnowflakeDriver
{
    /// <summary>Makes its connections; null where the build has not taken it.</summary>
#if SNOWFLAKE
    public static DbProviderFactory? Factory => global::Snowflake.Data.Client.SnowflakeDbFactory.Instance;
#else
    public static DbProviderFactory? Factory => null;
#endif
}
