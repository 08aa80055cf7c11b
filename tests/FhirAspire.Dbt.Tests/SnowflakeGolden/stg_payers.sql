-- FHIR has only the payers' names, on claims: a name is taken up when it first appears.
with claims as (
    select payer_name, batch_no from FHIR.staging.base_claims where batch_no > 0 and payer_name is not null
),

names as (
    select payer_name, max(batch_no) as batch_no from claims group by payer_name
)

select
    (
        substr(md5(coalesce(known_payers.number, '') || names.payer_name), 1, 8) || '-' || substr(md5(coalesce(known_payers.number, '') || names.payer_name), 9, 4) || '-3' || substr(md5(coalesce(known_payers.number, '') || names.payer_name), 14, 3)
        || '-' || substr('89ab89ab89ab89ab', position(substr(md5(coalesce(known_payers.number, '') || names.payer_name), 17, 1) in '0123456789abcdef'), 1)
        || substr(md5(coalesce(known_payers.number, '') || names.payer_name), 18, 3) || '-' || substr(md5(coalesce(known_payers.number, '') || names.payer_name), 21, 12)
    ) as id,
    names.payer_name as name,
    known_payers.ownership,
    cast(null as varchar) as address,
    cast(null as varchar) as city,
    cast(null as varchar) as state_headquartered,
    cast(null as varchar) as zip,
    cast(null as varchar) as phone,
    cast(null as decimal(18, 2)) as amount_covered,
    cast(null as decimal(18, 2)) as amount_uncovered,
    cast(null as decimal(18, 2)) as revenue,
    cast(null as bigint) as covered_encounters,
    cast(null as bigint) as uncovered_encounters,
    cast(null as bigint) as covered_medications,
    cast(null as bigint) as uncovered_medications,
    cast(null as bigint) as covered_procedures,
    cast(null as bigint) as uncovered_procedures,
    cast(null as bigint) as covered_immunizations,
    cast(null as bigint) as uncovered_immunizations,
    cast(null as bigint) as unique_customers,
    cast(null as double precision) as qols_avg,
    cast(null as bigint) as member_months,
    names.batch_no
from names
left join FHIR.staging.payers as known_payers on known_payers.name = names.payer_name
