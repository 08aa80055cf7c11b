-- After the first dbt run, as SYSADMIN: cluster keys on the large facts, which grow by patient and are read by day. Reclustering costs credits: it pays
-- from some hundred million rows on.
use role sysadmin;
alter table if exists fhir.marts.fct_observations cluster by (date_day, code);
alter table if exists fhir.marts.fct_encounters cluster by (to_date(start));
alter table if exists fhir.marts.fct_claims cluster by (to_date(servicedate));
alter table if exists fhir.raw.fhir_bundles cluster by (to_date(loaded_at));
-- Enterprise: the loads of each day, asked for by every look at the dashboard. Standard: the view below, which reads the table each time.
create materialized view if not exists fhir.raw.loads_by_day_kept as
    select to_date(loaded_at) as day, count(*) as objects, sum(size) as bytes, sum(row_count) as row_count, sum(error_count) as error_count
    from fhir.raw.load_objects group by to_date(loaded_at);
create view if not exists fhir.raw.loads_by_day as
    select to_date(loaded_at) as day, count(*) as objects, sum(size) as bytes, sum(row_count) as row_count, sum(error_count) as error_count
    from fhir.raw.load_objects group by to_date(loaded_at);
