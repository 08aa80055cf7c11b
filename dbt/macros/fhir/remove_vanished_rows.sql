{#- Post-hook: the rows of patients whose newest version has no rows left in this table (what delete+insert by patient can't see). -#}
{% macro remove_vanished_rows(versions, column='patient_id') -%}
    {%- if is_incremental() -%}
    delete from {{ this }}
    where exists (
        select 1 from {{ versions }} as v
        where v.patient_id = {{ this }}.{{ column }} and v.first_batch_no < v.batch_no and v.batch_no > {{ this }}.batch_no
    )
    {%- endif -%}
{%- endmacro %}
