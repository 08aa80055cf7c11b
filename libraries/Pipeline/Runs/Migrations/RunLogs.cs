using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace FhirAspire.Pipeline.Runs.Migrations;

/// <summary>What runs have logged.</summary>
[DbContext(typeof(RunDbContext))]
[Migration("20261126000000_RunLogs")]
internal sealed class RunLogs : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.CreateTable("run_logs", table => new
        {
            RunId = table.Column<long>(nullable: false),
            Text = table.Column<string>(nullable: false),
        }, constraints: table =>
        {
            table.PrimaryKey("PK_run_logs", log => log.RunId);
            table.ForeignKey("FK_run_logs_job_runs_RunId", log => log.RunId, "job_runs", "Id", onDelete: ReferentialAction.Cascade);
        });

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropTable("run_logs");
}
