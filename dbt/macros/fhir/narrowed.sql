{#- A condition besides a join (with the CTE `changed`, or with what `keys` selects), which lets PostgreSQL look up these rows by an index: joined, the table would be read whole. -#}
{% macro narrowed(column, keys='select patient_id from changed') -%}
    {{ adapter.dispatch('narrowed', 'fhir_aspire')(column, keys) }}
{%- endmacro %}

{% macro default__narrowed(column, keys) -%}
{%- endmacro %}

{% macro postgres__narrowed(column, keys) -%}
    {%- if is_incremental() %} and {{ column }} = any (array({{ keys }})){% endif -%}
{%- endmacro %}
