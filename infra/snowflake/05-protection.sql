-- Only named networks reach the account. Replace <allowed_cidr> first; the policy takes effect for the services' users by alter user ... set network_policy.
use role accountadmin;
create network policy if not exists fhir_network allowed_ip_list = ('<allowed_cidr>');
-- Enterprise: identifiers are masked for everybody but the roles that build them. Standard: leave this out and give analysts views without these columns.
create masking policy if not exists fhir.marts.mask_identifier as (value varchar) returns varchar ->
    case when current_role() in ('FHIR_TRANSFORMER', 'SYSADMIN') then value else '***' end;
grant apply on masking policy fhir.marts.mask_identifier to role fhir_transformer;
-- The marts are made by dbt, so the columns are masked once they are there (alter table if exists), and by dbt itself after every build that makes the
-- table anew: set Dbt:MaskingPolicy (under dbt itself the variable masking_policy) to fhir.marts.mask_identifier (macro mask_identifiers).
alter table if exists fhir.marts.dim_patients modify column first set masking policy fhir.marts.mask_identifier force;
alter table if exists fhir.marts.dim_patients modify column middle set masking policy fhir.marts.mask_identifier force;
alter table if exists fhir.marts.dim_patients modify column last set masking policy fhir.marts.mask_identifier force;
alter table if exists fhir.marts.dim_patients modify column maiden set masking policy fhir.marts.mask_identifier force;
alter table if exists fhir.marts.dim_patients modify column full_name set masking policy fhir.marts.mask_identifier force;
alter table if exists fhir.marts.dim_patients modify column address set masking policy fhir.marts.mask_identifier force;
