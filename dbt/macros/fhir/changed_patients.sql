{#- The patients whose rows a model must make anew, from a relation with patient_id and batch_no (one row a patient): all of them where what is there
    cannot be gone on from. -#}
{% macro changed_patients(versions, kept=true) -%}
    select patient_id, batch_no from {{ versions }} where batch_no > {{ last_batch() if kept else 0 }}
{%- endmacro %}
