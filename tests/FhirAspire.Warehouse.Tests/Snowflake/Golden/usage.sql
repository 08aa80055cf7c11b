open;

alter session set ABORT_DETACHED_QUERY = true QUERY_TAG = 'fhir-aspire' STATEMENT_TIMEOUT_IN_SECONDS = 3600 TIMEZONE = 'UTC' TRANSACTION_ABORT_ON_ERROR = true WEEK_START = 1;

select to_date(start_time), warehouse_name, sum(credits_used)
from table(information_schema.warehouse_metering_history(dateadd('day', -7, current_date())))
group by 1, 2
order by 1 desc, 2;

select to_date(start_time), query_type, count(*), sum(case when execution_status = 'SUCCESS' then 0 else 1 end), sum(total_elapsed_time), sum(credits_used_cloud_services), sum(bytes_scanned)
from table(information_schema.query_history(end_time_range_start => dateadd('day', -7, current_timestamp()), result_limit => 10000))
where query_tag = 'fhir-aspire'
group by 1, 2
order by 1 desc, 2;

close;
