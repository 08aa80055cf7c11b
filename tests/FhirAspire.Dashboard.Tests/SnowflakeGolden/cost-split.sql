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
)
select 'Billed cost' as label, part as series, sum(cost) as value
from (
  select case when payer_name = 'NO_INSURANCE' then 'patient, uninsured (known)' else 'billed to insurers, split not in the data (unknown)' end as part, cost
  from costs
) as parts
group by 1, 2
order by 2 desc nulls last, 1
