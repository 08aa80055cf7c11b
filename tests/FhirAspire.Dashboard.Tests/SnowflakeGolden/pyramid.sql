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
)
select least(floor((datediff('year', p.birthdate, date '2025-12-31') - case when to_char(date '2025-12-31', 'MMDD') < to_char(p.birthdate, 'MMDD') then 1 else 0 end) / 5) * 5, 90) as band,
  case when least(floor((datediff('year', p.birthdate, date '2025-12-31') - case when to_char(date '2025-12-31', 'MMDD') < to_char(p.birthdate, 'MMDD') then 1 else 0 end) / 5) * 5, 90) = 90 then '90+'
    else cast(cast(floor((datediff('year', p.birthdate, date '2025-12-31') - case when to_char(date '2025-12-31', 'MMDD') < to_char(p.birthdate, 'MMDD') then 1 else 0 end) / 5) * 5 as integer) as varchar) || '-' || cast(cast(floor((datediff('year', p.birthdate, date '2025-12-31') - case when to_char(date '2025-12-31', 'MMDD') < to_char(p.birthdate, 'MMDD') then 1 else 0 end) / 5) * 5 + 4 as integer) as varchar) end as label,
  sum(case when p.gender = 'M' then 1 else 0 end) as men, sum(case when p.gender = 'F' then 1 else 0 end) as women
from patients as p
where p.observed_from <= date '2025-12-31' and p.observed_until >= date '2025-12-31' and (p.deathdate is null or p.deathdate > date '2025-12-31')
group by 1, 2
order by 1
