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
-- read once, for all three measures
vitals as (
  select patient, encounterclass, code, date, date_day, numeric_value
  from fct_observations
  where date_day between date '2025-01-31' and date '2025-12-31' and code in ('8480-6', '8462-4', '4548-4', '39156-5') and numeric_value is not null
),
observed as (
  select p.id, (datediff('year', p.birthdate, date '2025-12-31') - case when to_char(date '2025-12-31', 'MMDD') < to_char(p.birthdate, 'MMDD') then 1 else 0 end) as age_then from patients as p where p.observed_from <= date '2025-12-31' and p.observed_until >= date '2025-12-31' and (p.deathdate is null or p.deathdate > date '2025-12-31')
),
hypertension as (
  select p.id from observed as p
  where p.age_then between 18 and 85
    and exists (select 1 from fct_conditions as c where c.patient = p.id and c.code = '59621000' and c.start <= date '2025-07-31' and (c.stop is null or c.stop >= date '2025-01-31'))
    and exists (select 1 from fct_encounters as e where e.patient = p.id and e.start_day between date '2025-01-31' and date '2025-12-31')
    and not exists (select 1 from fct_conditions as c where c.patient = p.id and c.code in ('46177005', '161665007') and c.start <= date '2025-12-31')
    and not exists (select 1 from fct_procedures as c where c.patient = p.id and c.code in ('265764009', '161665007') and c.start_day <= date '2025-12-31')
    and not exists (select 1 from fct_conditions as c where c.patient = p.id and c.code in ('72892002') and c.start <= date '2025-12-31' and (c.stop is null or c.stop >= date '2025-01-31'))
    and not exists (select 1 from fct_encounters as h where h.patient = p.id and h.encounterclass = 'hospice' and h.start_day between date '2025-01-31' and date '2025-12-31')
),
readings as (
  select o.patient, o.date_day, min(case when o.code = '8480-6' then o.numeric_value end) as systolic, min(case when o.code = '8462-4' then o.numeric_value end) as diastolic
  from vitals as o
  where o.code in ('8480-6', '8462-4') and o.patient in (select id from hypertension) and (o.encounterclass is null or o.encounterclass not in ('inpatient', 'emergency'))
  group by 1, 2
),
newest as (
  select *, row_number() over (partition by patient order by date_day desc) as k from readings where systolic is not null and diastolic is not null
),
pressure as (
  select 'Blood pressure' as label, case when n.patient is null then '4 no reading (unknown)' when n.systolic < 140 and n.diastolic < 90 then '1 controlled' else '3 not controlled' end as part
  from hypertension as h left join newest as n on n.patient = h.id and n.k = 1
),
diabetes as (
  select p.id from observed as p
  where p.age_then between 18 and 75 and exists (select 1 from fct_conditions as c where c.patient = p.id and c.code in ('44054006', '46635009') and c.start <= date '2025-12-31' and (c.stop is null or c.stop >= date '2025-01-31')) and not exists (select 1 from fct_encounters as h where h.patient = p.id and h.encounterclass = 'hospice' and h.start_day between date '2025-01-31' and date '2025-12-31')
),
tested as (
  select patient, code, date, numeric_value from vitals where code = '4548-4' or (code = '39156-5' and numeric_value between 10 and 100)
),
last_test as (select patient, code, max(date) as date from tested group by 1, 2),
newest_value as (
  select t.patient, t.code, max(t.numeric_value) as numeric_value
  from tested as t join last_test as l on l.patient = t.patient and l.code = t.code and l.date = t.date
  group by 1, 2
),
hba1c as (
  select 'HbA1c' as label, case when v.patient is null then '4 no reading (unknown)' when v.numeric_value < 8 then '1 controlled' when v.numeric_value <= 9 then '2 between (8 to 9 %)' else '3 not controlled' end as part
  from diabetes as s left join newest_value as v on v.patient = s.id and v.code = '4548-4'
),
bmi as (
  select 'BMI' as label, case when v.patient is null then '4 no reading (unknown)' when v.numeric_value >= 18.5 and v.numeric_value < 25 then '1 in range' when v.numeric_value >= 18.5 and v.numeric_value < 30 then '2 overweight (25 to 30)' else '3 under 18.5 or 30 and over' end as part
  from observed as p left join newest_value as v on v.patient = p.id and v.code = '39156-5'
  where p.age_then >= 20 and not exists (select 1 from fct_conditions as c where c.patient = p.id and c.code in ('72892002') and c.start <= date '2025-12-31' and (c.stop is null or c.stop >= date '2025-01-31'))
),
every_part as (select * from pressure union all select * from hba1c union all select * from bmi)
select label, substr(part, 3) as series, count(*) as value, sum(count(*)) over (partition by label) as n
from every_part
group by label, part
order by case label when 'Blood pressure' then 1 when 'HbA1c' then 2 else 3 end, part
