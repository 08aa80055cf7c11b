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
observed as (
  select p.id, case when a < 18 then '0-17' when a < 40 then '18-39' when a < 65 then '40-64' else '65+' end as band
  from (select id, (datediff('year', birthdate, date '2025-12-31') - case when to_char(date '2025-12-31', 'MMDD') < to_char(birthdate, 'MMDD') then 1 else 0 end) as a from patients as p where p.observed_from <= date '2025-12-31' and p.observed_until >= date '2025-12-31' and (p.deathdate is null or p.deathdate > date '2025-12-31')) as p
),
active as (
  select distinct c.patient, c.code, c.description
  from fct_conditions as c
  where c.start <= date '2025-12-31' and (c.stop is null or c.stop > date '2025-12-31') and (c.is_finding = 0 or c.code = '162864005')
),
commonest as (
  select a.code, max(a.description) as description, count(*) as cases from active as a join observed as o on o.id = a.patient group by 1 order by count(*) desc, a.code limit 15
),
sizes as (select band, count(*) as n from observed group by 1)
select t.description as label, s.band as series, count(o.id) as cases, s.n as n, case when s.n >= 10 then 1000.0 * count(o.id) / s.n end as value, max(t.cases) as all_cases, t.code
from commonest as t
cross join sizes as s
left join active as a on a.code = t.code
left join observed as o on o.id = a.patient and o.band = s.band
group by t.code, t.description, s.band, s.n
order by all_cases desc, t.code, s.band
