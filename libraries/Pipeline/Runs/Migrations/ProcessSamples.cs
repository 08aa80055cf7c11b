using FhirAspire.Pipeline.Operations;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

namespace FhirAspire.Pipeline.Runs.Migrations;

/// <summary>What the processes use: <see cref="ProcessSample"/>.</summary>
[DbContext(typeof(RunDbContext))]
[Migration("20261127170000_ProcessSamples")]
internal sealed class ProcessSamples : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable("process_samples", table => new
        {
            Id = table.Column<long>(nullable: false)
                .Annotation("Sqlite:Autoincrement", true)
                .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
            Process = table.Column<string>(nullable: false),
            Service = table.Column<string>(nullable: false),
            At = table.Column<DateTime>(nullable: false),
            StartedAt = table.Column<DateTime>(nullable: false),
            CpuSeconds = table.Column<double>(nullable: false),
            Memory = table.Column<long>(nullable: false),
            Received = table.Column<long>(nullable: false),
            Sent = table.Column<long>(nullable: false),
        }, constraints: table => table.PrimaryKey("PK_process_samples", sample => sample.Id));
        migrationBuilder.CreateIndex("IX_process_samples_At", "process_samples", "At");
    }

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropTable("process_samples");
}
