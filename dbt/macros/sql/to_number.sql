{#- Text -> double precision; NULL when it is no number. -#}
{% macro to_number(expression) -%}
    {{ return(adapter.dispatch('to_number', 'fhir_aspire')(expression)) }}
{%- endmacro %}

{% macro duckdb__to_number(expression) -%}
    try_cast({{ expression }} as double)
{%- endmacro %}

{% macro postgres__to_number(expression) -%}
    case when {{ expression }} ~ '^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$' then cast({{ expression }} as double precision) end
{%- endmacro %}

{% macro snowflake__to_number(expression) -%}
    try_cast({{ expression }} as double)
{%- endmacro %}
