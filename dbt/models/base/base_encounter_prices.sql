{{ config(unique_key='price_key', on_schema_change='append_new_columns') }}
{%- set has_counts = is_kept('counted_batch_no') %}

-- A claim's total is the encounter's price plus its first lines: which lines were added after pricing is not said. The price of
-- a (state, class, type) is a constant, so it is the remainder that the most claims share, over all numbers of lines left in; of
-- several the least. Read are the counts that have changed: what had most of the others before still has, unless it lost claims,
-- and then all counts of its key are looked at. batch_no tells when a price changed, which makes the patients it concerns anew.
with fresh as (
    select price_key, state, encounterclass, code, remainder, claims
    from {{ ref('base_encounter_counts') }}
    where batch_no > {{ last_batch('counted_batch_no') if has_counts else 0 }}
),

touched as (
    select price_key, max(state) as state, max(encounterclass) as encounterclass, max(code) as code from fresh group by price_key
),
{% if has_counts %}
known as (
    select k.price_key, k.price, k.claims, k.batch_no
    from {{ this }} as k
    inner join touched on touched.price_key = k.price_key{{ narrowed('k.price_key', 'select price_key from touched') }}
),

fallen as (
    select known.price_key
    from known
    left join fresh on fresh.price_key = known.price_key and fresh.remainder = known.price
    where known.price is not null and (known.claims is null or fresh.claims < known.claims)
),
{% endif %}
candidates as (
    select price_key, remainder, claims from fresh
    {%- if has_counts %}
    union all
    select known.price_key, known.price, known.claims
    from known
    left join fallen on fallen.price_key = known.price_key
    where known.price is not null and fallen.price_key is null
    union all
    select c.price_key, c.remainder, c.claims
    from {{ ref('base_encounter_counts') }} as c
    inner join fallen on fallen.price_key = c.price_key{{ narrowed('c.price_key', 'select price_key from fallen') }}
    {%- endif %}
),

most as (
    select price_key, max(claims) as claims from candidates where claims > 0 group by price_key
),

best as (
    select most.price_key, most.claims, min(candidates.remainder) as price
    from most
    inner join candidates on candidates.price_key = most.price_key and candidates.claims = most.claims
    group by most.price_key, most.claims
)

-- a key that has no claims left keeps its row, without a price
select
    touched.price_key, touched.state, touched.encounterclass, touched.code, best.price, best.claims,
    cast({% if has_counts %}case
        when known.price = best.price or (known.price is null and best.price is null and known.batch_no is not null) then known.batch_no
        else {{ last_batch() }} + 1
    end{% else %}{{ last_batch() }} + 1{% endif %} as bigint) as batch_no,
    (select max(batch_no) from {{ ref('base_encounter_counts') }}) as counted_batch_no
from touched
left join best on best.price_key = touched.price_key
{% if has_counts %}
left join known on known.price_key = touched.price_key
{% endif %}
