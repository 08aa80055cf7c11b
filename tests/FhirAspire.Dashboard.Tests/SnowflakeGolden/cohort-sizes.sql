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
)
select (select count(*) from dim_patients) as everybody, (select count(*) from a) as a, (select count(*) from b) as b, (select count(*) from a join b on b.id = a.id) as both
