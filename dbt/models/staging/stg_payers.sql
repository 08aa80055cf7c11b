{{ config(unique_key='name') }}

-- FHIR has only the payers' names, on claims: a name is taken up when it first appears.
with claims as (
    select payer_name, batch_no from {{ ref('base_claims') }} where batch_no > {{ last_batch() }} and payer_name is not null
),

names as (
    select payer_name, max(batch_no) as batch_no from claims group by payer_name
)

select
    {{ payer_id('names.payer_name') }} as id,
    names.payer_name as name,
    known_payers.ownership,
    {% for column in ['address', 'city', 'state_headquartered', 'zip', 'phone'] -%}
    cast(null as varchar) as {{ column }},
    {% endfor -%}
    {% for column in ['amount_covered', 'amount_uncovered', 'revenue'] -%}
    cast(null as decimal(18, 2)) as {{ column }},
    {% endfor -%}
    {% for column in [
        'covered_encounters', 'uncovered_encounters', 'covered_medications', 'uncovered_medications', 'covered_procedures',
        'uncovered_procedures', 'covered_immunizations', 'uncovered_immunizations', 'unique_customers'
    ] -%}
    cast(null as bigint) as {{ column }},
    {% endfor -%}
    cast(null as double precision) as qols_avg,
    cast(null as bigint) as member_months,
    names.batch_no
from names
left join {{ ref('payers') }} as known_payers on known_payers.name = names.payer_name
