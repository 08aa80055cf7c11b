{#- Whole calendar days from one date or timestamp to another. -#}
{% macro days_between(start, stop) -%}
    {{ return(adapter.dispatch('days_between', 'fhir_aspire')(start, stop)) }}
{%- endmacro %}

{% macro duckdb__days_between(start, stop) -%}
    date_diff('day', cast({{ start }} as date), cast({{ stop }} as date))
{%- endmacro %}

{% macro postgres__days_between(start, stop) -%}
    (cast({{ stop }} as date) - cast({{ start }} as date))
{%- endmacro %}

{% macro snowflake__days_between(start, stop) -%}
    datediff('day', cast({{ start }} as date), cast({{ stop }} as date))
{%- endmacro %}
