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
costs as (
  select e.start as day, e.patient, e.payer_name, e.encounterclass as class, e.total_claim_cost as cost
  from fct_encounters as e join patients as p on p.id = e.patient where e.start_day between date '2025-01-31' and date '2025-12-31'
  union all
  select m.start, m.patient, m.payer_name, 'medications', m.base_cost
  from fct_medications as m join patients as p on p.id = m.patient where m.start_day between date '2025-01-31' and date '2025-12-31'
),
months as (select * from (values (date '2025-01-01', date '2025-01-31'), (date '2025-02-01', date '2025-02-28'), (date '2025-03-01', date '2025-03-31'), (date '2025-04-01', date '2025-04-30'), (date '2025-05-01', date '2025-05-31'), (date '2025-06-01', date '2025-06-30'), (date '2025-07-01', date '2025-07-31'), (date '2025-08-01', date '2025-08-31'), (date '2025-09-01', date '2025-09-30'), (date '2025-10-01', date '2025-10-31'), (date '2025-11-01', date '2025-11-30'), (date '2025-12-01', date '2025-12-31')) as m(month, last_day)),
days as (
  select m.month, m.last_day, p.id as patient, datediff('day', greatest(p.observed_from, m.month, date '2025-01-31'), least(p.observed_until, m.last_day, date '2025-12-31')) + 1 as days
  from months as m join patients as p on p.observed_from <= least(m.last_day, date '2025-12-31') and p.observed_until >= greatest(m.month, date '2025-01-31')
),
bills as (select cast(date_trunc('month', day) as date) as month, patient, sum(cost) as cost from costs group by 1, 2),
persons as (
  select d.month, sum(d.days * 1.0 / (datediff('day', d.month, d.last_day) + 1)) as person_months,
    percentile_cont(0.5) within group (order by cast(coalesce(b.cost, 0) as double precision)) as median_person, percentile_cont(0.95) within group (order by cast(coalesce(b.cost, 0) as double precision)) as p95_person
  from days as d left join bills as b on b.month = d.month and b.patient = d.patient
  group by 1
),
billed as (select month, sum(cost) as cost from bills group by 1)
select p.month as label, cast(coalesce(b.cost, 0) as double precision) / p.person_months as value, p.median_person, p.p95_person, coalesce(b.cost, 0) as billed, p.person_months
from persons as p left join billed as b on b.month = p.month
order by 1
