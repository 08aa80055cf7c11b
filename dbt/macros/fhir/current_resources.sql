{#- The resources of one type that count now, for the patients in the CTE `changed` (patient_id, batch_no): not those of files that a
    newer bundle of the patient has replaced, and of several with the same type and id the newest. -#}
{% macro current_resources(type, columns=['resource']) -%}
    select
        r.patient_id, changed.batch_no, r.file_key, r.entry_index, r.is_bundle, r.resource_id
        {%- for column in columns %}, r.{{ column }}{% endfor %}
    from {{ ref('base_fhir_resources') }} as r
    inner join {{ ref('base_patient_files') }} as f on f.patient_id = r.patient_id and f.file_key = r.file_key{{ narrowed('r.patient_id') }}
    inner join changed on changed.patient_id = f.patient_id{{ narrowed('f.patient_id') }}
    left join {{ ref('base_replaced_resources') }} as d on d.file_key = r.file_key and d.entry_index = r.entry_index
    where r.resource_type = '{{ type }}' and f.is_current = 1 and d.file_key is null
{%- endmacro %}
