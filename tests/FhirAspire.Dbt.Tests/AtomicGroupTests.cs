using FhirAspire.Warehouse;
using FhirAspire.Warehouse.DuckDb;

namespace FhirAspire.Dbt.Tests;

public sealed class AtomicGroupTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("fhiraspire-").FullName;

    [Fact]
    public async Task A_group_with_a_failed_test_leaves_its_tables_as_they_were()
    {
        Write("dbt_project.yml", "name: shop\nversion: '1.0'\nprofile: shop\nmodel-paths: [models]\n");
        Write("profiles.yml", "shop:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: ':memory:', schema: main, threads: 2}\n");
        Write("models/orders.sql", "select 1 as id");
        Write("models/marts/total.sql", "{{ config(materialized='table') }} select id from {{ ref('orders') }}");
        Write("models/marts/schema.yml", "models:\n  - name: total\n    columns:\n      - name: id\n        data_tests: [{accepted_values: {arguments: {values: [1]}}}]\n");
        await using var warehouse = new DuckDbWarehouse(new DuckDbOptions());
        (await BuildAsync(warehouse)).ExitCode.ShouldBe(0);

        Write("models/orders.sql", "select 2 as id");
        var result = await BuildAsync(warehouse);

        result.ExitCode.ShouldBe(1);
        result.Nodes.Single(node => node.Name == "total").Status.ShouldBe(DbtStatus.RolledBack);
        await using var session = await warehouse.OpenAsync();
        (await session.QueryAsync("select id from orders")).Scalar.ShouldBe(2);
        (await session.QueryAsync("select id from total")).Scalar.ShouldBe(1);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private Task<DbtResult> BuildAsync(IWarehouse warehouse) => DbtEngine.RunAsync(
        DbtInvocation.Parse(["build", "--project-dir", folder, "--profiles-dir", folder], warehouse: warehouse, atomicGroups: ["shop.marts+"]), new Silent(), default);

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, path))!);
        File.WriteAllText(Path.Combine(folder, path), text);
    }

    private sealed class Silent : IDbtObserver;
}
