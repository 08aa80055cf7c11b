{{ config(unique_key='patient', post_hook="{{ replace_patients() }}") }}

-- Nothing of this is stored in FHIR: Synthea gives a plan at birth and renews it in the first week (counted from birth) after each
-- birthday. The payer of a year is that of its encounter claims.
with changed as (
    {{ changed_patients(ref('base_patients')) }}
),

patients as (
    select p.*, changed.batch_no as version, v.s3_last_modified
    from {{ ref('stg_patients') }} as p
    inner join changed on changed.patient_id = p.id{{ narrowed('p.id') }}
    inner join {{ ref('base_patients') }} as v on v.patient_id = p.id
    where p.birthdate is not null
),

encounters as (
    select e.patient, e.id, e.start, e.encounterclass, e.payer_name, cast(e.start as date) as day
    from {{ ref('stg_encounters') }} as e
    inner join changed on changed.patient_id = e.patient{{ narrowed('e.patient') }}
    where e.start is not null
),

-- time of day of birth: the usual one of the wellness visits
times as (
    select
        patient,
        {{ seconds_between('cast(day as timestamp)', 'start') }} as seconds,
        case when encounterclass = 'wellness' then 0 else 1 end as place_of_class,
        count(*) as encounters
    from encounters
    group by patient, {{ seconds_between('cast(day as timestamp)', 'start') }}, case when encounterclass = 'wellness' then 0 else 1 end
),

times_ranked as (
    select patient, seconds, row_number() over (partition by patient order by place_of_class, encounters desc, seconds) as place from times
),

births as (
    select
        patients.id as patient,
        {{ add_interval('second', 'coalesce(times_ranked.seconds, 0)', 'patients.birthdate') }} as born_at,
        coalesce(patients.recorded_at, cast(patients.deathdate as timestamp)) as ends_at
    from patients
    left join times_ranked on times_ranked.patient = patients.id and times_ranked.place = 1
),

numbers as (
    {{ numbers(3) }}
),

birthdays as (
    select births.patient, births.born_at, births.ends_at, numbers.n, {{ add_interval('year', 'numbers.n', 'births.born_at') }} as birthday
    from births
    inner join numbers on numbers.n <= 130
    where {{ add_interval('year', 'numbers.n', 'births.born_at') }} <= births.ends_at
),

starts as (
    select
        patient, n, born_at, ends_at,
        {{ add_interval('day', 'cast(7 * ceil(' ~ seconds_between('born_at', 'birthday') ~ ' / 604800.0) as integer)', 'born_at') }} as start_date
    from birthdays
),

periods as (
    select
        patient, n, start_date,
        coalesce(
            lead(start_date) over (partition by patient order by n),
            {{ add_interval('year', 'n + 1', 'born_at') }}
        ) as end_date
    from starts
    where start_date <= ends_at
),

payers_in_period as (
    select p.patient, p.n, e.payer_name, count(*) as encounters, max(e.start) as last_start
    from periods as p
    inner join encounters as e on e.patient = p.patient and e.start >= p.start_date and e.start < p.end_date
    where e.payer_name is not null
    group by p.patient, p.n, e.payer_name
),

payers_ranked as (
    select
        patient, n, payer_name,
        row_number() over (partition by patient, n order by encounters desc, last_start desc, payer_name) as place
    from payers_in_period
),

claimed as (
    select
        p.patient, p.n, p.start_date, p.end_date, r.payer_name,
        count(r.payer_name) over (partition by p.patient order by p.n rows unbounded preceding) as known_before,
        count(r.payer_name) over (partition by p.patient order by p.n desc rows unbounded preceding) as known_after
    from periods as p
    left join payers_ranked as r on r.patient = p.patient and r.n = p.n and r.place = 1
),

filled as (
    select
        patient, n, start_date, end_date,
        coalesce(
            payer_name,
            max(payer_name) over (partition by patient, known_before),
            max(payer_name) over (partition by patient, known_after)
        ) as payer_name,
        case when payer_name is null then 1 else 0 end as is_payer_inferred
    from claimed
),

owned as (
    select
        filled.*,
        lag(payer_name) over (partition by patient order by n) as payer_before
    from filled
),

named as (
    select
        owned.*,
        known_payers.ownership,
        {{ payer_id('owned.payer_name') }} as payer,
        case
            when owned.payer_name = 'NO_INSURANCE' or owned.payer_name is null then null
            when coalesce(known_payers.ownership, '') <> 'GOVERNMENT' and (owned.n < 18 or (owned.n = 18 and owned.payer_before = owned.payer_name)) then 'Guardian'
            else 'Self'
        end as plan_ownership
    from owned
    left join {{ ref('payers') }} as known_payers on known_payers.name = owned.payer_name
)

select
    named.patient,
    cast(null as varchar) as memberid,
    named.start_date,
    named.end_date,
    named.payer,
    cast(null as varchar) as secondary_payer,
    named.plan_ownership,
    case
        when named.plan_ownership = 'Self' then
            patients.first || coalesce(case when patients.prefix = 'Mrs.' then ' ' || patients.middle end, '') || ' ' || patients.last
    end as owner_name,
    cast(named.n as integer) as plan_year,
    named.payer_name,
    named.is_payer_inferred,
    patients.version as batch_no
from named
inner join patients on patients.id = named.patient
-- the exporter keeps what ends in the calendar years of its history, counted from the day of the run, which for the dead is not
-- the day of their last record
where named.end_date >= case
    when patients.history_from < {{ add_interval('year', '-' ~ var('years_of_history'), 'patients.recorded_at') }} then patients.history_from
    when patients.deathdate is null or patients.s3_last_modified < patients.recorded_at
        then {{ add_interval('year', '-' ~ var('years_of_history'), "date_trunc('year', patients.recorded_at)") }}
    else {{ add_interval('year', '-' ~ var('years_of_history'), "date_trunc('year', patients.s3_last_modified)") }}
end
