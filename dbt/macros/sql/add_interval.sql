{#- A timestamp or date moved by a number (an expression) of `second`, `day`, `month` or `year`; the result is a timestamp. -#}
{% macro add_interval(unit, count, start) -%}
    {{ return(adapter.dispatch('add_interval', 'fhir_aspire')(unit, count, start)) }}
{%- endmacro %}

{% macro duckdb__add_interval(unit, count, start) -%}
    (cast({{ start }} as timestamp) + to_{{ unit }}s(cast({{ count }} as integer)))
{%- endmacro %}

{% macro postgres__add_interval(unit, count, start) -%}
    (cast({{ start }} as timestamp) + ({{ count }}) * interval '1 {{ unit }}')
{%- endmacro %}

{% macro snowflake__add_interval(unit, count, start) -%}
    dateadd('{{ unit }}', {{ count }}, cast({{ start }} as timestamp_ntz))
{%- endmacro %}
