-- Database, schemas and the raw tables (the shapes of libraries/Warehouse/Raw/RawLayer.cs). Run with SnowSQL or snow sql, as SYSADMIN. May be run again.
use role sysadmin;
create database if not exists fhir;
-- Enterprise: 90 days. Standard edition allows at most 1: replace 90 by 1.
alter database fhir set data_retention_time_in_days = 90;
create schema if not exists fhir.raw;
create schema if not exists fhir.staging;
create schema if not exists fhir.intermediate;
create schema if not exists fhir.marts;
create table if not exists fhir.raw.fhir_bundles (
    file_key varchar primary key, bundle_data variant not null, loaded_at timestamp_tz not null,
    s3_last_modified timestamp_tz not null, record_count bigint not null, etag varchar not null);
create table if not exists fhir.raw.load_objects (
    file_key varchar primary key, etag varchar not null, size bigint not null, s3_last_modified timestamp_tz not null,
    row_count bigint not null, error_count bigint not null, run_id bigint not null, loaded_at timestamp_tz not null);
create table if not exists fhir.raw.load_watermark (
    prefix varchar primary key, last_modified timestamp_tz not null, last_key varchar not null,
    fence bigint not null, run_id bigint not null, updated_at timestamp_tz not null);
create table if not exists fhir.raw.load_errors (
    file_key varchar not null, etag varchar not null, place varchar not null, code varchar not null, reason varchar not null,
    occurred_at timestamp_tz not null, run_id bigint not null, resolved_at timestamp_tz);
