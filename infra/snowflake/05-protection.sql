-- Only named networks reach the account. Replace <allowed_cidr> first; the policy takes effect for the services' users by alter user ... set network_policy.
use role accountadmin;
create network policy if not exists fhir_network allowed_ip_list = ('<allowed_cidr>');
-- Enterprise: identifiers are masked for everybody but the roles that build them. Standard: leave this out and give analysts views without these columns.
create masking policy if not exists fhir.marts.mask_identifier as (value varchar) returns varchar ->
    case when current_role() in ('FHIR_TRANSFORMER', 'SYSADMIN') then value else '***' end;
grant apply on masking policy fhir.marts.mask_identifier to role fhir_transformer;
