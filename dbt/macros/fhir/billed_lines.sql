{#- What a resource was billed with, by the claim lines that name it, for the patients in the CTE `changed`. -#}
{% macro billed_lines(column) -%}
    select i.patient_id, i.{{ column }} as target_id, max(i.net) as net
    from {{ ref('base_claim_items') }} as i
    inner join changed on changed.patient_id = i.patient_id{{ narrowed('i.patient_id') }}
    where i.{{ column }} is not null
    group by i.patient_id, i.{{ column }}
{%- endmacro %}
