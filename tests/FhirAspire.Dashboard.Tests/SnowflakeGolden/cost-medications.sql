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
select x.description as label, sum(x.base_cost) as value, count(*) as uses, avg(x.base_cost) as mean_use, percentile_cont(0.5) within group (order by cast(x.base_cost as double precision)) as median_use, percentile_cont(0.95) within group (order by cast(x.base_cost as double precision)) as p95_use
from fct_medications as x
join patients as p on p.id = x.patient
where x.start_day between date '2025-01-31' and date '2025-12-31' and x.base_cost is not null
group by 1
order by 2 desc nulls last, 1
limit 15
