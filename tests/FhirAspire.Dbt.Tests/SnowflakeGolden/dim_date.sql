-- A fixed calendar, so there is nothing to do once it is there.
with numbers as (
    select
        1 * d0.digit + 10 * d1.digit + 100 * d2.digit + 1000 * d3.digit + 10000 * d4.digit as n
    from
        (
            select 0 as digit union all select 1 union all select 2 union all select 3 union all select 4
            union all select 5 union all select 6 union all select 7 union all select 8 union all select 9
        ) as d0 cross join (
            select 0 as digit union all select 1 union all select 2 union all select 3 union all select 4
            union all select 5 union all select 6 union all select 7 union all select 8 union all select 9
        ) as d1 cross join (
            select 0 as digit union all select 1 union all select 2 union all select 3 union all select 4
            union all select 5 union all select 6 union all select 7 union all select 8 union all select 9
        ) as d2 cross join (
            select 0 as digit union all select 1 union all select 2 union all select 3 union all select 4
            union all select 5 union all select 6 union all select 7 union all select 8 union all select 9
        ) as d3 cross join (
            select 0 as digit union all select 1 union all select 2 union all select 3 union all select 4
            union all select 5 union all select 6 union all select 7 union all select 8 union all select 9
        ) as d4
),

days as (
    select cast(dateadd('day', n, cast(cast('1900-01-01' as date) as timestamp_ntz)) as date) as date_day
    from numbers
    where n < 73414
    
)

select
    date_day,
    cast(extract(year from date_day) as integer) as year,
    cast(extract(quarter from date_day) as integer) as quarter,
    cast(extract(month from date_day) as integer) as month,
    cast(extract(day from date_day) as integer) as day_of_month,
    cast(date_trunc('month', date_day) as date) as month_start,
    -- Monday is 1
    cast(mod(mod(datediff('day', cast(cast('1900-01-01' as date) as date), cast(date_day as date)), 7), 7) + 1 as integer) as day_of_week,
    case when mod(datediff('day', cast(cast('1900-01-01' as date) as date), cast(date_day as date)), 7) >= 5 then 1 else 0 end as is_weekend
from days
