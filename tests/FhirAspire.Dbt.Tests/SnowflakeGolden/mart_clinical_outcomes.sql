-- Grain: one measure, for the 365 days up to the newest day observed. House definitions near CMS165, CMS122 and plan all-cause
-- readmission, not certified ones. Patients or stays are counted, never rows; without a reading counts as not reached.
with reference as (
    select max(observed_until) as b, cast(dateadd('day', -365, cast(max(observed_until) as timestamp_ntz)) as date) as a from FHIR.marts.dim_patients
),

patients as (
    select p.*, reference.a, reference.b, cast(
        extract(year from reference.b) - extract(year from p.birthdate)
        - case
            when extract(month from reference.b) * 100 + extract(day from reference.b) < extract(month from p.birthdate) * 100 + extract(day from p.birthdate) then 1
            else 0
        end as integer
    ) as age_at_end
    from FHIR.marts.dim_patients as p
    cross join reference
    where p.birthdate is not null
),

present as (
    select * from patients where observed_from <= b and observed_until >= b and deathdate is null
),

encounters as (
    select e.* from FHIR.marts.fct_encounters as e
),

-- inpatient encounters a day apart or less are one stay
inpatient as (
    select
        id, patient, start, stop, reasoncode,
        max(stop) over (partition by patient order by start, id rows between unbounded preceding and 1 preceding) as previous_stop
    from encounters
    where encounterclass = 'inpatient' and code <> '56876005' and coalesce(reasoncode, '') <> '72892002' and stop is not null
),

numbered as (
    select
        inpatient.*,
        sum(case when previous_stop is null or datediff('day', cast(previous_stop as date), cast(start as date)) > 1 then 1 else 0 end)
            over (partition by patient order by start, id rows unbounded preceding) as stay
    from inpatient
),

stays as (
    select patient, stay, min(start) as admitted_at, max(stop) as discharged_at from numbered group by patient, stay
),

overnight as (
    select * from stays where cast(admitted_at as date) < cast(discharged_at as date)
),

followed as (
    select overnight.*, lead(admitted_at) over (partition by patient order by admitted_at) as next_admitted_at from overnight
),

hospice as (
    select distinct patient, cast(start as date) as day from encounters where encounterclass = 'hospice'
),

readmission as (
    select
        'readmission_30d' as measure,
        count(*) as denominator,
        sum(case when datediff('day', cast(f.discharged_at as date), cast(f.next_admitted_at as date)) between 2 and 30 then 1 else 0 end) as numerator,
        cast(null as integer) as without_reading
    from followed as f
    inner join patients as p on p.id = f.patient
    where cast(f.discharged_at as date) between p.a and p.b
        and cast(
        extract(year from f.admitted_at) - extract(year from p.birthdate)
        - case
            when extract(month from f.admitted_at) * 100 + extract(day from f.admitted_at) < extract(month from p.birthdate) * 100 + extract(day from p.birthdate) then 1
            else 0
        end as integer
    ) >= 18
        and (p.deathdate is null or p.deathdate > cast(f.discharged_at as date))
        and (datediff('day', cast(f.discharged_at as date), cast(p.observed_until as date)) >= 30 or p.deathdate is not null)
        and not exists (
            select 1 from hospice as h
            where h.patient = f.patient and datediff('day', cast(f.discharged_at as date), cast(h.day as date)) between 0 and 1
        )
),

active as (
    select c.patient, c.code, c.start, c.stop, p.a, p.b
    from FHIR.marts.fct_conditions as c
    inner join patients as p on p.id = c.patient
    where c.code in ('59621000', '44054006', '46635009', '46177005', '161665007', '72892002') and c.start <= p.b
),

in_window as (
    select patient, max(case when encounterclass = 'hospice' then 1 else 0 end) as is_hospice
    from encounters
    cross join reference
    where cast(start as date) between reference.a and reference.b
    group by patient
),

pregnant as (
    select distinct patient from active where code = '72892002' and (stop is null or stop >= a)
),

renal as (
    select patient from active where code in ('46177005', '161665007')
    union
    select f.patient from FHIR.marts.fct_procedures as f cross join reference where f.code = '265764009' and cast(f.start as date) <= reference.b
),

bp_denominator as (
    select distinct p.id as patient
    from present as p
    inner join active as c on c.patient = p.id and c.code = '59621000'
    inner join in_window as w on w.patient = p.id and w.is_hospice = 0
    where p.age_at_end between 18 and 85
        and c.start <= cast(dateadd('month', 6, cast(c.a as timestamp_ntz)) as date) and (c.stop is null or c.stop >= c.a)
        and p.id not in (select patient from pregnant)
        and p.id not in (select patient from renal)
),

bp_readings as (
    select
        o.patient, o.date_day,
        min(case when o.code = '8480-6' then o.numeric_value end) as systolic,
        min(case when o.code = '8462-4' then o.numeric_value end) as diastolic
    from FHIR.marts.fct_observations as o
    cross join reference
    where o.code in ('8480-6', '8462-4') and o.encounterclass not in ('inpatient', 'emergency') and o.date_day between reference.a and reference.b
    group by o.patient, o.date_day
),

bp_latest as (
    select patient, systolic, diastolic, row_number() over (partition by patient order by date_day desc) as place
    from bp_readings
    where systolic is not null and diastolic is not null
),

bp_control as (
    select
        'blood_pressure_control' as measure,
        count(*) as denominator,
        sum(case when l.systolic < 140 and l.diastolic < 90 then 1 else 0 end) as numerator,
        sum(case when l.patient is null then 1 else 0 end) as without_reading
    from bp_denominator as d
    left join bp_latest as l on l.patient = d.patient and l.place = 1
),

diabetics as (
    select distinct p.id as patient
    from present as p
    inner join active as c on c.patient = p.id and c.code in ('44054006', '46635009') and (c.stop is null or c.stop >= c.a)
    left join in_window as w on w.patient = p.id
    where p.age_at_end between 18 and 75 and coalesce(w.is_hospice, 0) = 0
),

lab_latest as (
    select
        o.patient, o.code, o.numeric_value,
        row_number() over (partition by o.patient, o.code order by o.date desc, o.observation_key desc) as place
    from FHIR.marts.fct_observations as o
    cross join reference
    where o.code in ('4548-4', '39156-5') and o.date_day between reference.a and reference.b and o.numeric_value is not null
        and (o.code <> '39156-5' or o.numeric_value between 10 and 100)
),

hba1c_controlled as (
    select
        'hba1c_controlled' as measure,
        count(*) as denominator,
        sum(case when l.numeric_value < 8 then 1 else 0 end) as numerator,
        sum(case when l.patient is null then 1 else 0 end) as without_reading
    from diabetics as d
    left join lab_latest as l on l.patient = d.patient and l.place = 1 and l.code = '4548-4'
),

hba1c_poor as (
    select
        'hba1c_poor' as measure,
        count(*) as denominator,
        sum(case when l.patient is null or l.numeric_value > 9 then 1 else 0 end) as numerator,
        sum(case when l.patient is null then 1 else 0 end) as without_reading
    from diabetics as d
    left join lab_latest as l on l.patient = d.patient and l.place = 1 and l.code = '4548-4'
),

bmi as (
    select
        'bmi_in_range' as measure,
        sum(case when l.patient is not null then 1 else 0 end) as denominator,
        sum(case when l.numeric_value >= 18.5 and l.numeric_value < 25 then 1 else 0 end) as numerator,
        sum(case when l.patient is null then 1 else 0 end) as without_reading
    from present as p
    left join lab_latest as l on l.patient = p.id and l.place = 1 and l.code = '39156-5'
    where p.age_at_end >= 20 and p.id not in (select patient from pregnant)
),

-- deaths over person-years
mortality as (
    select
        'deaths_per_person_year' as measure,
        sum(case
            when observed_until < a or observed_from > b then 0
            else datediff('day', cast(case when observed_from > a then observed_from else a end as date), cast(case when observed_until < b then observed_until else b end as date))
        end) / 365.25 as denominator,
        sum(case when deathdate between a and b then 1 else 0 end) as numerator,
        cast(null as integer) as without_reading
    from patients
),

measures as (
    select measure, cast(denominator as double precision) as denominator, numerator, without_reading from readmission
    union all
    select measure, cast(denominator as double precision), numerator, without_reading from bp_control
    union all
    select measure, cast(denominator as double precision), numerator, without_reading from hba1c_controlled
    union all
    select measure, cast(denominator as double precision), numerator, without_reading from hba1c_poor
    union all
    select measure, cast(denominator as double precision), numerator, without_reading from bmi
    union all
    select measure, cast(denominator as double precision), numerator, without_reading from mortality
)

select
    measures.measure,
    reference.a as window_from,
    reference.b as window_until,
    coalesce(measures.denominator, 0) as denominator,
    cast(coalesce(measures.numerator, 0) as bigint) as numerator,
    cast(measures.without_reading as bigint) as without_reading,
    case when measures.denominator > 0 then measures.numerator / measures.denominator end as rate
from measures
cross join reference
