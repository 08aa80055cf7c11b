with patients as (
  select p.* from dim_patients as p
  where p.age >= 20
    and p.age <= 65
    and p.gender = 'F'
    and p.race = 'white'
    and p.ethnicity = 'nonhispanic'
    and p.state = 'MA'
    and p.is_deceased = 0
    and exists (select 1 from fct_conditions as c where c.patient = p.id and c.code in ('59621000'))
    and not exists (select 1 from fct_conditions as c where c.patient = p.id and c.code in ('44054006'))
),
places as (
  select coalesce(p.city, 'not known') as city, count(*) as n from patients as p where p.observed_from <= date '2025-12-31' and p.observed_until >= date '2025-12-31' and (p.deathdate is null or p.deathdate > date '2025-12-31') group by 1
),
ranked as (
  select case when n < 10 then 'other places, each under 10' else city end as label, n, row_number() over (order by n desc, city) as place from places
)
select label, sum(n) as value from ranked group by 1 order by 2 desc, 1 limit 15
