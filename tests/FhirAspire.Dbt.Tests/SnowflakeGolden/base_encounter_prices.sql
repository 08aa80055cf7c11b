-- A claim's total is the encounter's price plus its first lines: which lines were added after pricing is not said. The price of
-- a (state, class, type) is a constant, so it is the remainder that the most claims share, over all numbers of lines left in.
-- Rebuilt from base_encounter_remainders; only prices that have changed are written, and make the patients they concern anew.
with remainders as (
    select state, encounterclass, code, remainder, claims from FHIR.staging.base_encounter_remainders
),

by_code as (
    select
        coalesce(state, '') || '|' || coalesce(encounterclass, '') || '|' || coalesce(code, '') as price_key,
        state, encounterclass, code, remainder, sum(claims) as claims
    from remainders
    group by state, encounterclass, code, remainder
),

by_class as (
    select
        coalesce(state, '') || '|' || coalesce(encounterclass, '') || '|' as price_key,
        state, encounterclass, remainder, sum(claims) as claims
    from by_code
    group by state, encounterclass, remainder
),

-- Only what the most claims share is ranked: sorting all of it would be most of the work.
most_of_code as (
    select price_key, max(claims) as claims from by_code group by price_key
),

most_of_class as (
    select price_key, max(claims) as claims from by_class group by price_key
),

ranked as (
    select
        c.price_key, c.state, c.encounterclass, c.code, c.remainder,
        row_number() over (partition by c.state, c.encounterclass, c.code order by c.remainder) as place
    from by_code as c
    inner join most_of_code as m on m.price_key = c.price_key and m.claims = c.claims
    union all
    select
        c.price_key, c.state, c.encounterclass, cast(null as varchar) as code, c.remainder,
        row_number() over (partition by c.state, c.encounterclass order by c.remainder) as place
    from by_class as c
    inner join most_of_class as m on m.price_key = c.price_key and m.claims = c.claims
),

prices as (
    select price_key, state, encounterclass, code, remainder as price from ranked where place = 1
)

select
    prices.price_key, prices.state, prices.encounterclass, prices.code, prices.price,
    cast(0 + 1 as bigint) as batch_no
from prices
