{#- FHIR instant or dateTime (any offset) -> timestamp without time zone in UTC, whole seconds; NULL when it is no full date. -#}
{% macro to_timestamp_utc(expression) -%}
    {{ return(adapter.dispatch('to_timestamp_utc', 'fhir_aspire')(expression)) }}
{%- endmacro %}

{% macro duckdb__to_timestamp_utc(expression) -%}
    date_trunc('second', try_cast({{ expression }} as timestamptz) at time zone 'UTC')
{%- endmacro %}

{% macro postgres__to_timestamp_utc(expression) -%}
    case
        when {{ expression }} ~ '^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$'
            then date_trunc('second', cast({{ expression }} as timestamptz) at time zone 'UTC')
        when {{ expression }} ~ '^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?$'
            then date_trunc('second', cast({{ expression }} as timestamp))
    end
{%- endmacro %}

{% macro snowflake__to_timestamp_utc(expression) -%}
    date_trunc('second', cast(convert_timezone('UTC', try_cast({{ expression }} as timestamp_tz)) as timestamp_ntz))
{%- endmacro %}
