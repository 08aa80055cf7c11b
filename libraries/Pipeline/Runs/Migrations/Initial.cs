using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

namespace FhirAspire.Pipeline.Runs.Migrations;

/// <summary>Runs, attempts, nodes and leases. One migration serves SQLite and PostgreSQL: column types are each provider's own.</summary>
[DbContext(typeof(RunDbContext))]
[Migration("20260101000000_Initial")]
internal sealed class Initial : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable("job_runs", table => new
        {
            Id = table.Column<long>(nullable: false)
                .Annotation("Sqlite:Autoincrement", true)
                .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
            Job = table.Column<string>(maxLength: 64, nullable: false),
            Trigger = table.Column<string>(maxLength: 16, nullable: false),
            Status = table.Column<string>(maxLength: 16, nullable: false),
            QueuedAt = table.Column<DateTime>(nullable: false),
            StartedAt = table.Column<DateTime>(nullable: false),
            FinishedAt = table.Column<DateTime>(nullable: true),
            Attempts = table.Column<int>(nullable: false),
            Fence = table.Column<long>(nullable: false),
            Owner = table.Column<string>(nullable: false),
            TraceId = table.Column<string>(nullable: true),
            Summary = table.Column<string>(nullable: true),
            Counts = table.Column<string>(nullable: false),
            ErrorCode = table.Column<string>(nullable: true),
            Error = table.Column<string>(nullable: true),
        }, constraints: table => table.PrimaryKey("PK_job_runs", run => run.Id));
        migrationBuilder.CreateIndex("IX_job_runs_Job_StartedAt", "job_runs", ["Job", "StartedAt"]);
        migrationBuilder.CreateIndex("IX_job_runs_StartedAt", "job_runs", "StartedAt");

        migrationBuilder.CreateTable("job_attempts", table => new
        {
            RunId = table.Column<long>(nullable: false),
            Number = table.Column<int>(nullable: false),
            StartedAt = table.Column<DateTime>(nullable: false),
            FinishedAt = table.Column<DateTime>(nullable: true),
            Error = table.Column<string>(nullable: true),
        }, constraints: table =>
        {
            table.PrimaryKey("PK_job_attempts", attempt => new { attempt.RunId, attempt.Number });
            table.ForeignKey("FK_job_attempts_job_runs_RunId", attempt => attempt.RunId, "job_runs", "Id", onDelete: ReferentialAction.Cascade);
        });

        migrationBuilder.CreateTable("node_runs", table => new
        {
            RunId = table.Column<long>(nullable: false),
            UniqueId = table.Column<string>(nullable: false),
            Kind = table.Column<string>(nullable: false),
            Status = table.Column<string>(nullable: false),
            StartedAt = table.Column<DateTime>(nullable: false),
            Seconds = table.Column<double>(nullable: false),
            Rows = table.Column<long>(nullable: true),
            Failures = table.Column<long>(nullable: true),
            Message = table.Column<string>(nullable: true),
        }, constraints: table =>
        {
            table.PrimaryKey("PK_node_runs", node => new { node.RunId, node.UniqueId });
            table.ForeignKey("FK_node_runs_job_runs_RunId", node => node.RunId, "job_runs", "Id", onDelete: ReferentialAction.Cascade);
        });
        migrationBuilder.CreateIndex("IX_node_runs_UniqueId_RunId", "node_runs", ["UniqueId", "RunId"]);

        migrationBuilder.CreateTable("leases", table => new
        {
            Name = table.Column<string>(nullable: false),
            Owner = table.Column<string>(nullable: true),
            Fence = table.Column<long>(nullable: false),
            ExpiresAt = table.Column<DateTime>(nullable: false),
        }, constraints: table => table.PrimaryKey("PK_leases", lease => lease.Name));
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        foreach (var table in new[] { "leases", "node_runs", "job_attempts", "job_runs" })
        {
            migrationBuilder.DropTable(table);
        }
    }
}
