{#- The patients whose rows a model must make anew, from a relation with patient_id and batch_no (one row a patient). -#}
{% macro changed_patients(versions) -%}
    select patient_id, batch_no from {{ versions }} where batch_no > {{ last_batch() }}
{%- endmacro %}
