with a as (
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
b as (
  select p.* from dim_patients as p
  where exists (select 1 from fct_conditions as c where c.patient = p.id and c.code in ('59621000'))
),
members as (select 'a' as cohort, * from a union all select 'b', * from b),
sizes as (select cohort, count(*) as n from members group by 1),
basics as (
  select cohort, 0 as place, 'women' as label, sum(case when gender = 'F' then 1 else 0 end) as k from members group by 1
  union all select cohort, 1, 'aged 65 and over', sum(case when age >= 65 then 1 else 0 end) from members group by 1
  union all select cohort, 2, 'deceased', sum(case when is_deceased = 1 then 1 else 0 end) from members group by 1
),
had as (
  select m.cohort, c.code, max(c.description) as description, count(distinct m.id) as k
  from members as m join fct_conditions as c on c.patient = m.id and c.is_finding = 0
  group by 1, 2
),
commonest as (select code, max(description) as description, sum(k) as total from had group by 1 order by sum(k) desc, code limit 12),
conditions as (
  select s.cohort, 3 + row_number() over (partition by s.cohort order by t.total desc, t.code) as place, t.description as label, coalesce(h.k, 0) as k
  from commonest as t cross join sizes as s left join had as h on h.code = t.code and h.cohort = s.cohort
),
shares as (select x.*, s.n from (select * from basics union all select * from conditions) as x join sizes as s on s.cohort = x.cohort)
select label, max(case when cohort = 'a' then k * 1.0 / n end) as a, max(case when cohort = 'b' then k * 1.0 / n end) as b,
  max(case when cohort = 'a' then k end) as a_cases, max(case when cohort = 'b' then k end) as b_cases, min(place) as place
from shares
group by label
order by place
