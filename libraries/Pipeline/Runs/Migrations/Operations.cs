using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

namespace FhirAspire.Pipeline.Runs.Migrations;

/// <summary>Paused jobs, alerts and data-quality results.</summary>
[DbContext(typeof(RunDbContext))]
[Migration("20260201000000_Operations")]
internal sealed class Operations : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable("job_states", table => new
        {
            Job = table.Column<string>(maxLength: 64, nullable: false),
            PausedAt = table.Column<DateTime>(nullable: true),
            PausedBy = table.Column<string>(nullable: true),
        }, constraints: table => table.PrimaryKey("PK_job_states", state => state.Job));

        migrationBuilder.CreateTable("alerts", table => new
        {
            Id = table.Column<long>(nullable: false)
                .Annotation("Sqlite:Autoincrement", true)
                .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
            Key = table.Column<string>(nullable: false),
            Title = table.Column<string>(nullable: false),
            Error = table.Column<string>(nullable: false),
            Code = table.Column<string>(nullable: true),
            Attempts = table.Column<int>(nullable: false),
            RunId = table.Column<long>(nullable: true),
            Since = table.Column<DateTime>(nullable: false),
            ToldAt = table.Column<DateTime>(nullable: false),
            Failures = table.Column<int>(nullable: false),
            RecoveredAt = table.Column<DateTime>(nullable: true),
            Kind = table.Column<string>(maxLength: 16, nullable: false),
            Pending = table.Column<string>(nullable: false),
        }, constraints: table => table.PrimaryKey("PK_alerts", alert => alert.Id));
        migrationBuilder.CreateIndex("IX_alerts_Key_RecoveredAt", "alerts", ["Key", "RecoveredAt"]);

        migrationBuilder.CreateTable("quality_results", table => new
        {
            Id = table.Column<long>(nullable: false)
                .Annotation("Sqlite:Autoincrement", true)
                .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
            RunId = table.Column<long>(nullable: false),
            CheckedAt = table.Column<DateTime>(nullable: false),
            Kind = table.Column<string>(maxLength: 16, nullable: false),
            Target = table.Column<string>(nullable: false),
            Value = table.Column<double>(nullable: false),
            Limit = table.Column<double>(nullable: true),
            Status = table.Column<string>(maxLength: 16, nullable: false),
            Message = table.Column<string>(nullable: false),
        }, constraints: table => table.PrimaryKey("PK_quality_results", result => result.Id));
        migrationBuilder.CreateIndex("IX_quality_results_RunId", "quality_results", "RunId");
        migrationBuilder.CreateIndex("IX_quality_results_Kind_Target", "quality_results", ["Kind", "Target"]);
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        foreach (var table in new[] { "quality_results", "alerts", "job_states" })
        {
            migrationBuilder.DropTable(table);
        }
    }
}
