{#- A condition besides the join with the CTE `changed`, which lets PostgreSQL look up the rows of these patients by an index: joined, the table would be read whole. -#}
{% macro narrowed(column) -%}
    {{ adapter.dispatch('narrowed', 'fhir_aspire')(column) }}
{%- endmacro %}

{% macro default__narrowed(column) -%}
{%- endmacro %}

{% macro postgres__narrowed(column) -%}
    {%- if is_incremental() %} and {{ column }} = any (array(select patient_id from changed)){% endif -%}
{%- endmacro %}
