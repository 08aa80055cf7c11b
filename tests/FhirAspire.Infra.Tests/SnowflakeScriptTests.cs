using System.Text.RegularExpressions;

namespace FhirAspire.Tests.Infra;

public sealed class SnowflakeScriptTests
{
    private static readonly string[] Statements = [.. Directory.GetFiles(Path.Combine(TestEnvironment.RepositoryRoot, "infra", "snowflake"), "*.sql").Order(StringComparer.Ordinal)
        .SelectMany(file => string.Join('\n', File.ReadLines(file).Where(line => !line.TrimStart().StartsWith("--", StringComparison.Ordinal))).Split(';'))
        .Select(s => string.Join(' ', s.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))).Where(s => s.Length > 0)];

    [Fact]
    public void Every_warehouse_is_x_small_and_sleeps_after_60_seconds_under_the_monitor()
    {
        var warehouses = Statements.Where(s => s.StartsWith("create warehouse", StringComparison.Ordinal)).ToList();
        warehouses.Count.ShouldBe(3);
        warehouses.ShouldAllBe(s => s.Contains("warehouse_size = 'XSMALL'") && s.Contains("auto_suspend = 60 "));
        Statements.Count(s => s.EndsWith("set resource_monitor = fhir_monthly", StringComparison.Ordinal)).ShouldBe(3);
    }

    [Theory]
    [InlineData("create database if not exists fhir")]
    [InlineData("create schema if not exists fhir.raw")]
    [InlineData("create schema if not exists fhir.staging")]
    [InlineData("create schema if not exists fhir.intermediate")]
    [InlineData("create schema if not exists fhir.marts")]
    [InlineData("create storage integration if not exists fhir_s3 type = external_stage storage_provider = 'S3' enabled = true storage_aws_role_arn = ")]
    [InlineData("create file format if not exists fhir.raw.fhir_json type = json")]
    [InlineData("create stage if not exists fhir.raw.fhir_stage url = 's3://synthea-fhir-data-dump/raw/' storage_integration = fhir_s3")]
    [InlineData("create network policy if not exists fhir_network allowed_ip_list = ")]
    [InlineData("create resource monitor if not exists fhir_monthly with credit_quota = 100 frequency = monthly")]
    [InlineData("create masking policy if not exists fhir.marts.mask_identifier")]
    public void The_account_has_what_the_loader_and_dbt_name(string beginning) => Statements.ShouldContain(statement => statement.StartsWith(beginning, StringComparison.Ordinal));

    [Theory]
    [InlineData("01-database.sql", "Standard edition allows at most 1")]
    [InlineData("05-protection.sql", "Standard: leave this out")]
    [InlineData("06-speed.sql", "Standard: the view below")]
    [InlineData("optional-failover.sql", "Needs Business Critical edition")]
    public void What_needs_another_edition_says_so_with_the_fall_back(string file, string sentence) =>
        File.ReadAllText(Path.Combine(TestEnvironment.RepositoryRoot, "infra", "snowflake", file)).ShouldContain(sentence);

    [Fact]
    public void Every_creation_may_be_run_again() =>
        Statements.Where(s => s.StartsWith("create ", StringComparison.Ordinal)).ShouldAllBe(s => s.Contains("if not exists"));

    [Fact]
    public void Time_travel_reaches_back_90_days() => Statements.ShouldContain("alter database fhir set data_retention_time_in_days = 90");

    [Theory]
    [InlineData("fhir_analyst", "select on all tables in schema fhir.marts|select on future tables in schema fhir.marts|usage on database fhir|usage on schema fhir.marts|usage on warehouse fhir_analyse")]
    [InlineData("fhir_loader", "monitor usage on account|select, insert, update, delete on all tables in schema fhir.raw|usage on database fhir|usage on file format fhir.raw.fhir_json|usage on stage fhir.raw.fhir_stage|usage on warehouse fhir_load|usage, create table on schema fhir.raw")]
    [InlineData("fhir_transformer", "apply on masking policy fhir.marts.mask_identifier|select on all tables in schema fhir.raw|usage on database fhir|usage on schema fhir.raw|usage on warehouse fhir_transform|usage, create table, create view on schema fhir.intermediate|usage, create table, create view on schema fhir.marts|usage, create table, create view on schema fhir.staging")]
    public void A_role_has_exactly_its_grants(string role, string grants) =>
        string.Join('|', Statements.Select(s => Regex.Match(s, $"^grant (.+) to role {role}$", RegexOptions.None, TimeSpan.FromSeconds(1))).Where(m => m.Success).Select(m => m.Groups[1].Value).Order(StringComparer.Ordinal)).ShouldBe(grants);

    [Theory]
    [InlineData("first")]
    [InlineData("middle")]
    [InlineData("last")]
    [InlineData("maiden")]
    [InlineData("full_name")]
    [InlineData("address")]
    public void A_column_that_names_a_patient_is_masked(string column) =>
        Statements.ShouldContain($"alter table if exists fhir.marts.dim_patients modify column {column} set masking policy fhir.marts.mask_identifier force");

    [Fact]
    public void Large_facts_are_clustered_and_each_enterprise_object_has_a_standard_fall_back()
    {
        Statements.Count(s => s.StartsWith("alter table if exists fhir.marts.fct_", StringComparison.Ordinal) && s.Contains(" cluster by (")).ShouldBe(3);
        Statements.ShouldContain(s => s.StartsWith("create materialized view if not exists fhir.raw.loads_by_day_kept as", StringComparison.Ordinal));
        Statements.ShouldContain(s => s.StartsWith("create view if not exists fhir.raw.loads_by_day as", StringComparison.Ordinal));
        Statements.ShouldContain(s => s.StartsWith("create failover group if not exists fhir_failover", StringComparison.Ordinal));
    }

    [Fact]
    public void No_file_is_taken_by_azd_for_its_own() =>
        Directory.GetFiles(Path.Combine(TestEnvironment.RepositoryRoot, "infra"), "main.*", SearchOption.AllDirectories).ShouldBeEmpty();
}
