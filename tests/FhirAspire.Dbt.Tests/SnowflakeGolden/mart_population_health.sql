-- Grain: one condition code, age band and sex: point prevalence on the newest day observed. Patients who are observed and alive then.
with reference as (
    select max(observed_until) as reference_date from FHIR.marts.dim_patients
),

present as (
    select
        p.id, p.gender, reference.reference_date,
        cast(
        extract(year from reference.reference_date) - extract(year from p.birthdate)
        - case
            when extract(month from reference.reference_date) * 100 + extract(day from reference.reference_date) < extract(month from p.birthdate) * 100 + extract(day from p.birthdate) then 1
            else 0
        end as integer
    ) as age
    from FHIR.marts.dim_patients as p
    cross join reference
    where p.birthdate is not null and p.observed_from <= reference.reference_date and p.observed_until >= reference.reference_date and p.deathdate is null
),

banded as (
    select id, gender, reference_date, case
        when age < 18 then '0-17'
        when age < 40 then '18-39'
        when age < 65 then '40-64'
        when age < 80 then '65-79'
        when age >= 80 then '80+'
    end as age_band from present
),

populations as (
    select age_band, gender, count(*) as patients from banded group by age_band, gender
),

cases as (
    select
        c.code, max(c.description) as description, max(c.is_finding) as is_finding,
        b.age_band, b.gender, count(distinct c.patient) as cases
    from FHIR.marts.fct_conditions as c
    inner join banded as b on b.id = c.patient
    where c.code is not null and c.start <= b.reference_date and (c.stop is null or c.stop > b.reference_date)
    group by c.code, b.age_band, b.gender
)

select
    cases.code || '|' || cases.age_band || '|' || coalesce(cases.gender, '') as prevalence_key,
    reference.reference_date,
    cases.code,
    cases.description,
    cases.is_finding,
    cases.age_band,
    cases.gender,
    cases.cases,
    populations.patients,
    1000.0 * cases.cases / populations.patients as cases_per_1000
from cases
inner join populations on populations.age_band = cases.age_band and coalesce(populations.gender, '') = coalesce(cases.gender, '')
cross join reference
