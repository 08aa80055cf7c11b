{#-
    Post-hook of a mart: its columns that name a patient get the masking policy that the variable masking_policy names (infra/snowflake/05-protection.sql) whenever the
    table is made anew. Without the variable, and on databases that have no masking policies, nothing.
-#}
{% macro mask_identifiers(columns) -%}
    {{ return(adapter.dispatch('mask_identifiers', 'fhir_aspire')(columns)) }}
{%- endmacro %}

{% macro default__mask_identifiers(columns) -%}
{%- endmacro %}

{% macro snowflake__mask_identifiers(columns) -%}
    {%- set policy = var('masking_policy', none) -%}
    {%- if policy and not is_incremental() -%}
    alter table {{ this }} modify
    {%- for column in columns %} column {{ column }} set masking policy {{ policy }} force{{ ',' if not loop.last }}{% endfor -%}
    {%- endif -%}
{%- endmacro %}
