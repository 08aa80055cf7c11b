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
inpatient as (
  select e.patient, e.id, e.start, e.stop, e.reasondescription,
    max(e.stop) over (partition by e.patient order by e.start, e.id rows between unbounded preceding and 1 preceding) as previous_stop
  from fct_encounters as e
  join patients as p on p.id = e.patient
  where e.encounterclass = 'inpatient' and e.code <> '56876005' and coalesce(e.reasoncode, '') <> '72892002' and e.stop is not null
),
numbered as (
  select *, sum(case when previous_stop is null or datediff('day', cast(previous_stop as date), cast(start as date)) > 1 then 1 else 0 end)
    over (partition by patient order by start, id rows between unbounded preceding and current row) as stay
  from inpatient
),
stays as (
  select patient, stay, min(start) as admitted, max(stop) as discharged, min(reasondescription) as reason from numbered group by patient, stay
),
lengths as (
  select datediff('second', admitted, discharged) / 86400.0 as days from stays
  where cast(discharged as date) between date '2025-01-31' and date '2025-12-31' and cast(admitted as date) < cast(discharged as date)
),
binned as (select days, cast(least(15, greatest(1, ceil(days))) as integer) as bin from lengths)
select case when bin = 15 then '15 and more' else lpad(cast(bin as varchar), 2, ' ') end as label,
  count(*) as value, percentile_cont(0.5) within group (order by cast(days as double precision)) as median_days, percentile_cont(0.9) within group (order by cast(days as double precision)) as p90_days
from binned
group by bin
order by bin
