{#- For resources that do not name their encounter: the last Encounter before them in the entries of the same bundle
    (file_key, entry_index, encounter_id). Loose resources have no order and get none. -#}
{% macro encounter_before(resources) -%}
    select file_key, entry_index, encounter_id
    from (
        select
            file_key, entry_index, is_encounter,
            max(encounter_id) over (partition by file_key, encounter_number) as encounter_id
        from (
            select
                file_key, entry_index, is_encounter, encounter_id,
                sum(is_encounter) over (partition by file_key order by entry_index, is_encounter rows unbounded preceding) as encounter_number
            from (
                select e.file_key, e.entry_index, 1 as is_encounter, e.encounter_id
                from {{ ref('base_encounters') }} as e
                inner join changed on changed.patient_id = e.patient_id{{ narrowed('e.patient_id') }}
                union all
                select file_key, entry_index, 0 as is_encounter, cast(null as varchar) as encounter_id
                from {{ resources }}
                where is_bundle
            ) as entries
        ) as numbered
        where encounter_number > 0
    ) as found
    where is_encounter = 0
{%- endmacro %}
