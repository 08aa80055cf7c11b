using FhirAspire.Dbt.Adapters;

namespace FhirAspire.Dbt.Tests.Adapters;

/// <summary>The tags are those that psql prints for these statements.</summary>
public sealed class PostgresCommandTagTests
{
    [Theory]
    [InlineData("select 1", 1, "SELECT 1")]
    [InlineData("(select 1) union (select 2)", 2, "SELECT 2")]
    [InlineData("values (1), (2)", 2, "SELECT 2")]
    [InlineData("with a as (insert into t values (1) returning n) select * from a", 1, "SELECT 1")]
    [InlineData("with a as (select 1 as n) insert into t select n from a", 3, "INSERT 0 3")]
    [InlineData("create schema s", -1, "CREATE SCHEMA")]
    [InlineData("/* {\"app\": \"dbt\"; /* in it */ } */\ncreate or replace view v as (select 1 as n);\n", -1, "CREATE VIEW")]
    [InlineData("create temporary table \"a;b\" as (select 1 as n)", 1, "SELECT 1")]
    [InlineData("create table u (n integer, word text default 'as')", -1, "CREATE TABLE")]
    [InlineData("create table w as select 1 as n with no data", -1, "CREATE TABLE AS")]
    [InlineData("create materialized view m as select 1 as n", 1, "SELECT 1")]
    [InlineData("create unique index i on t (n)", -1, "CREATE INDEX")]
    [InlineData("create function f() returns integer language sql as $body$ select 1; $body$", -1, "CREATE FUNCTION")]
    [InlineData("delete from t; insert into t values (1), (2); -- drop table t;", 2, "INSERT 0 2")]
    [InlineData("select E'it\\'s; '; update t set n = 'a;b'::text::integer where false", 0, "UPDATE 0")]
    [InlineData("delete from t", 4, "DELETE 4")]
    [InlineData("alter table t rename to s", -1, "ALTER TABLE")]
    [InlineData("alter default privileges grant select on tables to public", -1, "ALTER DEFAULT PRIVILEGES")]
    [InlineData("drop materialized view if exists m cascade", -1, "DROP MATERIALIZED VIEW")]
    [InlineData("comment on table t is $$it's; here$$", -1, "COMMENT")]
    [InlineData("grant select on t to public", -1, "GRANT")]
    [InlineData("truncate t", -1, "TRUNCATE TABLE")]
    [InlineData("refresh materialized view m", -1, "REFRESH MATERIALIZED VIEW")]
    [InlineData("do $$ begin perform 1; end $$", -1, "DO")]
    [InlineData("-- nothing", -1, "")]
    public void The_tag_is_that_of_the_last_statement(string sql, long rows, string tag) => PostgresCommandTag.Of(sql, rows).ShouldBe(tag);
}
