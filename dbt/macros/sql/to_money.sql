{#- Text -> decimal(18, 2), so that sums do not depend on the order of their terms; NULL when it is no number. -#}
{% macro to_money(expression) -%}
    {{ return(adapter.dispatch('to_money', 'fhir_aspire')(expression)) }}
{%- endmacro %}

{% macro duckdb__to_money(expression) -%}
    try_cast(try_cast({{ expression }} as double) as decimal(18, 2))
{%- endmacro %}

{% macro postgres__to_money(expression) -%}
    case when {{ expression }} ~ '^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$' then cast(cast({{ expression }} as numeric) as decimal(18, 2)) end
{%- endmacro %}

{% macro snowflake__to_money(expression) -%}
    cast(try_cast({{ expression }} as double) as decimal(18, 2))
{%- endmacro %}
