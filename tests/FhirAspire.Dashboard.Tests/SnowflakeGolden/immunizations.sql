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
rules as (
  select * from (values
    ('aged 2: DTaP x4', 4), ('aged 2: polio x3', 3), ('aged 2: MMR', 1), ('aged 2: Hib x3', 3),
    ('aged 2: hepatitis B x3', 3), ('aged 2: varicella', 1), ('aged 2: pneumococcal x4', 4), ('aged 2: rotavirus x2', 2)
  ) as r(label, doses)
),
adult_rules as (
  select * from (values
    ('influenza, last year', 1, 0, date '2024-12-31'), ('Td or Tdap, 10 years (19+)', 1, 19, date '2015-12-31'),
    ('zoster (50+)', 1, 50, date '1900-01-01'), ('pneumococcal (65+)', 1, 65, date '1900-01-01'), ('COVID-19 (12+)', 1, 12, date '1900-01-01')
  ) as r(label, doses, from_age, since)
),
rule_codes as (
  select * from (values
    ('aged 2: DTaP x4', '20'), ('aged 2: polio x3', '10'), ('aged 2: MMR', '03'), ('aged 2: Hib x3', '49'),
    ('aged 2: hepatitis B x3', '08'), ('aged 2: varicella', '21'), ('aged 2: pneumococcal x4', '133'), ('aged 2: rotavirus x2', '119'),
    ('influenza, last year', '140'), ('Td or Tdap, 10 years (19+)', '113'), ('Td or Tdap, 10 years (19+)', '115'),
    ('zoster (50+)', '121'), ('pneumococcal (65+)', '33'), ('pneumococcal (65+)', '133'), ('COVID-19 (12+)', '207'), ('COVID-19 (12+)', '208'), ('COVID-19 (12+)', '212')
  ) as r(label, code)
),
doses as (
  select distinct c.label, i.patient, i.code, i.date_day from fct_immunizations as i join rule_codes as c on c.code = i.code
),
children as (
  select p.id, p.birthdate, dateadd('month', 24, p.birthdate) as second_birthday from patients as p
  where dateadd('month', 24, p.birthdate) between date '2025-01-31' and date '2025-12-31' and p.observed_from <= p.birthdate and p.observed_until >= dateadd('month', 24, p.birthdate)
),
child_results as (
  select r.label, c.id, case when count(distinct i.date_day) >= r.doses then 1 else 0 end as covered
  from rules as r cross join children as c
  left join doses as i on i.patient = c.id and i.label = r.label and i.date_day <= c.second_birthday
  group by r.label, r.doses, c.id
),
adult_results as (
  select r.label, p.id, case when count(distinct case when i.code <> '212' then i.date_day end) >= case when r.label like 'COVID%' then 2 else r.doses end or sum(case when i.code = '212' then 1 else 0 end) > 0 then 1 else 0 end as covered
  from adult_rules as r
  join patients as p on (datediff('year', p.birthdate, date '2025-12-31') - case when to_char(date '2025-12-31', 'MMDD') < to_char(p.birthdate, 'MMDD') then 1 else 0 end) >= r.from_age and p.birthdate <= date '2025-06-30'
  left join doses as i on i.patient = p.id and i.label = r.label and i.date_day between r.since and date '2025-12-31'
  where p.observed_from <= date '2025-12-31' and p.observed_until >= date '2025-12-31' and (p.deathdate is null or p.deathdate > date '2025-12-31')
  group by r.label, r.doses, p.id
),
rates as (
  select label, count(*) as n, sum(covered) as k from child_results group by 1
  union all
  select label, count(*), sum(covered) from adult_results group by 1
)
select label, n, k, case when n >= 10 then k * 1.0 / n end as value, case when n > 0 then greatest(0, (cast(k as double precision) / (n) + 1.92 / (n) - 1.96 * sqrt(cast(k as double precision) / (n) * (1 - cast(k as double precision) / (n)) / (n) + 0.9604 / ((n) * (n)))) / (1 + 3.84 / (n))) end as low,
  case when n > 0 then least(1, (cast(k as double precision) / (n) + 1.92 / (n) + 1.96 * sqrt(cast(k as double precision) / (n) * (1 - cast(k as double precision) / (n)) / (n) + 0.9604 / ((n) * (n)))) / (1 + 3.84 / (n))) end as high
from rates
order by case when label like 'aged%' then 1 else 0 end, value desc nulls last, label
