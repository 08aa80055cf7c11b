{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='id',
    post_hook=["{{ replace_patients('id') }}", "{{ mask_identifiers(['first', 'middle', 'last', 'maiden', 'full_name', 'address']) }}"]) }}

with changed as (
    {{ changed_patients(ref('base_patients')) }}
),

patients as (
    select p.* from {{ ref('stg_patients') }} as p inner join changed on changed.patient_id = p.id{{ narrowed('p.id') }}
),

observed as (
    select
        patients.*,
        coalesce(deathdate, cast(recorded_at as date)) as observed_until,
        case
            when history_from is null then null
            when cast(history_from as date) < birthdate then birthdate
            else cast(history_from as date)
        end as observed_from
    from patients
)

select
    id,
    first,
    middle,
    last,
    prefix,
    suffix,
    maiden,
    coalesce(first || ' ', '') || coalesce(last, '') as full_name,
    birthdate,
    deathdate,
    case when deathdate is not null then 1 else 0 end as is_deceased,
    gender,
    race,
    ethnicity,
    marital,
    birthplace,
    address,
    city,
    state,
    state_name,
    zip,
    lat,
    lon,
    income,
    qalys,
    dalys,
    observed_from,
    observed_until,
    {{ age_at('birthdate', 'observed_until') }} as age,
    {{ age_band(age_at('birthdate', 'observed_until')) }} as age_band,
    batch_no
from observed
