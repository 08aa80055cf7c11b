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
followed as (
  select s.*, lead(s.admitted) over (partition by s.patient order by s.admitted) as next_admitted from stays as s
),
indexed as (
  select f.*, cast(date_trunc('quarter', f.discharged) as date) as quarter_start,
    case when datediff('day', cast(f.discharged as date), cast(f.next_admitted as date)) between 2 and 30 then 1 else 0 end as is_back
  from followed as f
  join patients as p on p.id = f.patient
  where cast(f.discharged as date) between date '2025-01-31' and date '2025-12-31'
    and cast(f.admitted as date) < cast(f.discharged as date)
    and (datediff('year', p.birthdate, cast(f.admitted as date)) - case when to_char(cast(f.admitted as date), 'MMDD') < to_char(p.birthdate, 'MMDD') then 1 else 0 end) >= 18
    and (p.deathdate is null or p.deathdate > cast(f.discharged as date))
    and (datediff('day', cast(f.discharged as date), p.observed_until) >= 30 or p.deathdate is not null)
    and not exists (select 1 from fct_encounters as h where h.patient = f.patient and h.encounterclass = 'hospice' and datediff('day', cast(f.discharged as date), h.start_day) between 0 and 1)
),
rates as (
  select cast(extract(year from quarter_start) as varchar) || ' Q' || cast(extract(quarter from quarter_start) as varchar) as label, count(*) as n, sum(is_back) as k from indexed group by 1
  union all
  select 'all', count(*), coalesce(sum(is_back), 0) from indexed
)
select label, n, k, case when n >= 10 then k * 1.0 / n end as value, case when n > 0 then greatest(0, (cast(k as double precision) / (n) + 1.92 / (n) - 1.96 * sqrt(cast(k as double precision) / (n) * (1 - cast(k as double precision) / (n)) / (n) + 0.9604 / ((n) * (n)))) / (1 + 3.84 / (n))) end as low,
  case when n > 0 then least(1, (cast(k as double precision) / (n) + 1.92 / (n) + 1.96 * sqrt(cast(k as double precision) / (n) * (1 - cast(k as double precision) / (n)) / (n) + 0.9604 / ((n) * (n)))) / (1 + 3.84 / (n))) end as high
from rates
order by label
