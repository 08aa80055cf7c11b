-- A warehouse for each workload, and a monitor that stops them before the month gets dear.
use role accountadmin;
create resource monitor if not exists fhir_monthly with credit_quota = 100 frequency = monthly start_timestamp = immediately
    triggers on 75 percent do notify on 95 percent do suspend on 100 percent do suspend_immediate;
create warehouse if not exists fhir_load with warehouse_size = 'XSMALL' auto_suspend = 60 auto_resume = true initially_suspended = true;
create warehouse if not exists fhir_transform with warehouse_size = 'XSMALL' auto_suspend = 60 auto_resume = true initially_suspended = true;
create warehouse if not exists fhir_analyse with warehouse_size = 'XSMALL' auto_suspend = 60 auto_resume = true initially_suspended = true;
alter warehouse fhir_load set resource_monitor = fhir_monthly;
alter warehouse fhir_transform set resource_monitor = fhir_monthly;
alter warehouse fhir_analyse set resource_monitor = fhir_monthly;
