-- An option: a second account of the organization takes over. Needs Business Critical edition; Enterprise: a replication group, without failover; Standard: database
-- replication of fhir alone. Replace <organization>.<second_account>. Run by hand, as ACCOUNTADMIN of the first account.
use role accountadmin;
create failover group if not exists fhir_failover
    object_types = databases, roles, users, warehouses, resource monitors, network policies, integrations
    allowed_databases = fhir
    allowed_integration_types = storage integrations
    allowed_accounts = <organization>.<second_account>
    replication_schedule = '10 minute';
-- In the second account: create failover group fhir_failover as replica of <organization>.<first_account>.fhir_failover;
-- to take over there: alter failover group fhir_failover primary;
