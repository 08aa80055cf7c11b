{#- Post-hook: the rows of patients whose newest version has no rows left in this table (what delete+insert by patient can't see). -#}
{% macro remove_vanished_rows(versions, column='patient_id') -%}
    {%- if is_incremental() -%}
    delete from {{ this }}
    where exists (
        select 1 from {{ versions }} as v
        where v.patient_id = {{ this }}.{{ column }} and v.first_batch_no < v.batch_no and v.batch_no > {{ this }}.batch_no
    )
    {{- adapter.dispatch('of_versions', 'fhir_aspire')(versions, column) }}
    {%- endif -%}
{%- endmacro %}

{% macro default__of_versions(versions, column) -%}
{%- endmacro %}

{#- By the index: only patients of whom a second version has come can have such rows. -#}
{% macro postgres__of_versions(versions, column) %}
    and {{ column }} = any (array(select patient_id from {{ versions }} where first_batch_no < batch_no))
{%- endmacro %}
