with changed as (
    select patient_id, batch_no from FHIR.staging.base_patients where batch_no > 0
),

patients as (
    select p.* from FHIR.staging.stg_patients as p inner join changed on changed.patient_id = p.id
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
    cast(
        extract(year from observed_until) - extract(year from birthdate)
        - case
            when extract(month from observed_until) * 100 + extract(day from observed_until) < extract(month from birthdate) * 100 + extract(day from birthdate) then 1
            else 0
        end as integer
    ) as age,
    case
        when cast(
        extract(year from observed_until) - extract(year from birthdate)
        - case
            when extract(month from observed_until) * 100 + extract(day from observed_until) < extract(month from birthdate) * 100 + extract(day from birthdate) then 1
            else 0
        end as integer
    ) < 18 then '0-17'
        when cast(
        extract(year from observed_until) - extract(year from birthdate)
        - case
            when extract(month from observed_until) * 100 + extract(day from observed_until) < extract(month from birthdate) * 100 + extract(day from birthdate) then 1
            else 0
        end as integer
    ) < 40 then '18-39'
        when cast(
        extract(year from observed_until) - extract(year from birthdate)
        - case
            when extract(month from observed_until) * 100 + extract(day from observed_until) < extract(month from birthdate) * 100 + extract(day from birthdate) then 1
            else 0
        end as integer
    ) < 65 then '40-64'
        when cast(
        extract(year from observed_until) - extract(year from birthdate)
        - case
            when extract(month from observed_until) * 100 + extract(day from observed_until) < extract(month from birthdate) * 100 + extract(day from birthdate) then 1
            else 0
        end as integer
    ) < 80 then '65-79'
        when cast(
        extract(year from observed_until) - extract(year from birthdate)
        - case
            when extract(month from observed_until) * 100 + extract(day from observed_until) < extract(month from birthdate) * 100 + extract(day from birthdate) then 1
            else 0
        end as integer
    ) >= 80 then '80+'
    end as age_band,
    batch_no
from observed
