{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='date_day') }}

-- A fixed calendar, so there is nothing to do once it is there.
with numbers as (
    {{ numbers(5) }}
),

days as (
    select cast({{ add_interval('day', 'n', "cast('1900-01-01' as date)") }} as date) as date_day
    from numbers
    where n < 73414
    {% if is_incremental() %}
        and not exists (select 1 from {{ this }})
    {% endif %}
)

select
    date_day,
    cast(extract(year from date_day) as integer) as year,
    cast(extract(quarter from date_day) as integer) as quarter,
    cast(extract(month from date_day) as integer) as month,
    cast(extract(day from date_day) as integer) as day_of_month,
    cast(date_trunc('month', date_day) as date) as month_start,
    -- Monday is 1
    cast(mod(mod({{ days_between("cast('1900-01-01' as date)", 'date_day') }}, 7), 7) + 1 as integer) as day_of_week,
    case when mod({{ days_between("cast('1900-01-01' as date)", 'date_day') }}, 7) >= 5 then 1 else 0 end as is_weekend
from days
