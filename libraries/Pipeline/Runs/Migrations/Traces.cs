using FhirAspire.Pipeline.Operations;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

namespace FhirAspire.Pipeline.Runs.Migrations;

/// <summary>Traces of what waits for dbt: <see cref="WaitingTrace"/>.</summary>
[DbContext(typeof(RunDbContext))]
[Migration("20261126210000_Traces")]
internal sealed class Traces : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.CreateTable("waiting_traces", table => new
        {
            Id = table.Column<long>(nullable: false)
                .Annotation("Sqlite:Autoincrement", true)
                .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
            Parent = table.Column<string>(maxLength: 64, nullable: false),
            LoadedAt = table.Column<DateTime>(nullable: false),
        }, constraints: table => table.PrimaryKey("PK_waiting_traces", trace => trace.Id));

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropTable("waiting_traces");
}
