{#- The date that a FHIR date or dateTime was written with: its first ten characters, not converted to UTC. -#}
{% macro to_date(expression) -%}
    {{ return(adapter.dispatch('to_date', 'fhir_aspire')(expression)) }}
{%- endmacro %}

{% macro duckdb__to_date(expression) -%}
    try_cast(substr({{ expression }}, 1, 10) as date)
{%- endmacro %}

{% macro postgres__to_date(expression) -%}
    case when {{ expression }} ~ '^\d{4}-\d{2}-\d{2}' then cast(substr({{ expression }}, 1, 10) as date) end
{%- endmacro %}

{% macro snowflake__to_date(expression) -%}
    try_cast(substr({{ expression }}, 1, 10) as date)
{%- endmacro %}
