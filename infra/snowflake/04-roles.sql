-- Three roles; none may more than its work asks. Users get them by grant role, outside of this file.
use role accountadmin;
create role if not exists fhir_loader;
create role if not exists fhir_transformer;
create role if not exists fhir_analyst;
grant role fhir_loader to role sysadmin;
grant role fhir_transformer to role sysadmin;
grant role fhir_analyst to role sysadmin;
grant usage on database fhir to role fhir_loader;
grant usage on database fhir to role fhir_transformer;
grant usage on database fhir to role fhir_analyst;
grant usage on warehouse fhir_load to role fhir_loader;
grant usage on warehouse fhir_transform to role fhir_transformer;
grant usage on warehouse fhir_analyse to role fhir_analyst;
-- The loader makes the raw tables of a new account, and a table of its session for objects that have changed.
grant usage, create table on schema fhir.raw to role fhir_loader;
grant select, insert, update, delete on all tables in schema fhir.raw to role fhir_loader;
grant usage on stage fhir.raw.fhir_stage to role fhir_loader;
grant usage on file format fhir.raw.fhir_json to role fhir_loader;
-- The credits on the dashboard's cost page, which connects as the loader.
grant monitor usage on account to role fhir_loader;
grant usage on schema fhir.raw to role fhir_transformer;
grant select on all tables in schema fhir.raw to role fhir_transformer;
grant usage, create table, create view on schema fhir.staging to role fhir_transformer;
grant usage, create table, create view on schema fhir.intermediate to role fhir_transformer;
grant usage, create table, create view on schema fhir.marts to role fhir_transformer;
grant usage on schema fhir.marts to role fhir_analyst;
grant select on all tables in schema fhir.marts to role fhir_analyst;
grant select on future tables in schema fhir.marts to role fhir_analyst;
