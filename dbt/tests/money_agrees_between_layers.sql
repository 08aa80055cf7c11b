-- The claims' totals are those of encounters and medications, to the cent.
with claims as (
    select coalesce(sum(case when claim_kind = 'medication' then total end), 0) as medications, coalesce(sum(case when claim_kind <> 'medication' then total end), 0) as encounters
    from {{ ref('fct_claims') }}
),

facts as (
    select
        (select coalesce(sum(base_cost), 0) from {{ ref('fct_medications') }}) as medications,
        (select coalesce(sum(total_claim_cost), 0) from {{ ref('fct_encounters') }}) as encounters
)

select claims.medications, facts.medications as fact_medications, claims.encounters, facts.encounters as fact_encounters
from claims
cross join facts
where abs(claims.medications - facts.medications) > 0.01 or abs(claims.encounters - facts.encounters) > 0.01
