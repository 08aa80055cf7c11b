using FhirAspire.AppHost.Hosting;

namespace FhirAspire.AppHost.Tests.Hosting;

public sealed class EmbeddedDefaultsTests
{
    [Theory]
    [InlineData(4, 2000)]
    [InlineData(16, 2730)]
    [InlineData(64, 4000)]
    public void The_warehouse_takes_a_sixth_of_the_memory_within_limits(long gigabytes, int megabytes) =>
        EmbeddedDefaults.WarehouseMemory(gigabytes << 30).ShouldBe(megabytes);

    [Theory]
    [InlineData("2GB", 2000)]
    [InlineData("256 MiB", 268)]
    [InlineData("0.5GB", 500)]
    [InlineData("64 apples", null)]
    [InlineData(null, null)]
    public void A_memory_limit_is_read_as_DuckDB_reads_it(string? size, int? megabytes) => EmbeddedDefaults.Megabytes(size).ShouldBe(megabytes);
}
