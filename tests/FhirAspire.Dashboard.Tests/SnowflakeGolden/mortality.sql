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
bands as (
  select * from (values ('0-17', 0, 18), ('18-39', 18, 40), ('40-64', 40, 65), ('65-79', 65, 80), ('80+', 80, 130)) as b(label, low_age, high_age)
),
time_at_risk as (
  select b.label,
    sum(greatest(0, datediff('day', greatest(p.observed_from, date '2025-01-31', dateadd('month', b.low_age * 12, p.birthdate)), least(p.observed_until, date '2025-12-31', dateadd('month', b.high_age * 12, p.birthdate))))) / 365.25 as years,
    sum(case when p.deathdate between date '2025-01-31' and date '2025-12-31' and (datediff('year', p.birthdate, p.deathdate) - case when to_char(p.deathdate, 'MMDD') < to_char(p.birthdate, 'MMDD') then 1 else 0 end) >= b.low_age and (datediff('year', p.birthdate, p.deathdate) - case when to_char(p.deathdate, 'MMDD') < to_char(p.birthdate, 'MMDD') then 1 else 0 end) < b.high_age then 1 else 0 end) as k
  from patients as p cross join bands as b
  where p.observed_from is not null
  group by 1
)
select label, k, round(years, 1) as n, case when years >= 10 then 1000.0 * k / years end as value,
  case when years >= 10 then 1000.0 * greatest(0, k - 1.96 * sqrt(k)) / years end as low, case when years >= 10 then 1000.0 * (k + 1.96 * sqrt(k) + case when k = 0 then 3 else 0 end) / years end as high
from time_at_risk
where years > 0
order by label
