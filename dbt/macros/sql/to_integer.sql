{#- Text -> bigint; NULL when it is no whole number. -#}
{% macro to_integer(expression) -%}
    {{ return(adapter.dispatch('to_integer', 'fhir_aspire')(expression)) }}
{%- endmacro %}

{% macro duckdb__to_integer(expression) -%}
    try_cast({{ expression }} as bigint)
{%- endmacro %}

{% macro postgres__to_integer(expression) -%}
    case when {{ expression }} ~ '^[+-]?\d{1,18}$' then cast({{ expression }} as bigint) end
{%- endmacro %}

{% macro snowflake__to_integer(expression) -%}
    try_cast({{ expression }} as bigint)
{%- endmacro %}
