with patients_a as (
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
first_a as (
  select p.id, p.observed_from, p.observed_until, p.is_deceased, min(c.start) as index_date
  from patients_a as p join fct_conditions as c on c.patient = p.id and c.code in ('59621000')
  group by 1, 2, 3, 4
),
patients_b as (
  select p.* from dim_patients as p
  where exists (select 1 from fct_conditions as c where c.patient = p.id and c.code in ('59621000'))
),
first_b as (
  select p.id, p.observed_from, p.observed_until, p.is_deceased, min(c.start) as index_date
  from patients_b as p join fct_conditions as c on c.patient = p.id and c.code in ('59621000')
  group by 1, 2, 3, 4
),
followed as (
  select 'A' as series, id, greatest(0, datediff('day', index_date, observed_until)) as days, is_deceased as event from first_a where index_date >= observed_from
  union all
  select 'B' as series, id, greatest(0, datediff('day', index_date, observed_until)) as days, is_deceased as event from first_b where index_date >= observed_from
),
by_day as (select series, days, sum(event) as events, count(*) as leaving from followed group by 1, 2),
at_risk as (select *, sum(leaving) over (partition by series order by days desc rows between unbounded preceding and current row) as n from by_day),
steps as (
  select series, days, n, events,
    case when min(n - events) over (partition by series order by days rows between unbounded preceding and current row) = 0 then 0
      else exp(sum(ln(cast(nullif(n - events, 0) as double precision) / n)) over (partition by series order by days rows between unbounded preceding and current row)) end as value,
    sum(case when n > events then cast(events as double precision) / (n * (n - events)) else 0 end) over (partition by series order by days rows between unbounded preceding and current row) as greenwood
  from at_risk
)
select series, days, n, events, value,
  case when value > 0 and value < 1 then power(value, exp(1.96 * sqrt(greenwood) / abs(ln(value)))) else value end as low,
  case when value > 0 and value < 1 then power(value, exp(-1.96 * sqrt(greenwood) / abs(ln(value)))) else value end as high,
  (select count(*) from followed as x join followed as y on y.id = x.id and y.series = 'B' where x.series = 'A') as overlap
from steps
order by series, days
