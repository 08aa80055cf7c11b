{#- Seconds from one timestamp to another. -#}
{% macro seconds_between(start, stop) -%}
    {{ return(adapter.dispatch('seconds_between', 'fhir_aspire')(start, stop)) }}
{%- endmacro %}

{% macro duckdb__seconds_between(start, stop) -%}
    date_diff('second', {{ start }}, {{ stop }})
{%- endmacro %}

{% macro postgres__seconds_between(start, stop) -%}
    cast(extract(epoch from ({{ stop }} - {{ start }})) as bigint)
{%- endmacro %}

{% macro snowflake__seconds_between(start, stop) -%}
    datediff('second', {{ start }}, {{ stop }})
{%- endmacro %}
