using FhirAspire.Pipeline.Operations;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

namespace FhirAspire.Pipeline.Runs.Migrations;

/// <summary>What is asked of jobs in other processes: <see cref="JobRequest"/>.</summary>
[DbContext(typeof(RunDbContext))]
[Migration("20261126120000_Requests")]
internal sealed class Requests : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable("job_requests", table => new
        {
            Id = table.Column<long>(nullable: false)
                .Annotation("Sqlite:Autoincrement", true)
                .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
            Job = table.Column<string>(maxLength: 64, nullable: false),
            Action = table.Column<string>(maxLength: 16, nullable: false),
            AskedAt = table.Column<DateTime>(nullable: false),
            TakenBy = table.Column<string>(nullable: true),
            DoneAt = table.Column<DateTime>(nullable: true),
            RunId = table.Column<long>(nullable: true),
        }, constraints: table => table.PrimaryKey("PK_job_requests", request => request.Id));
        migrationBuilder.CreateIndex("IX_job_requests_AskedAt", "job_requests", "AskedAt");
    }

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropTable("job_requests");
}
