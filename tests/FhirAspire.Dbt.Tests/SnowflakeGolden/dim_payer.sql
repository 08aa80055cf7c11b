select
    id, name, ownership,
    case when name = 'NO_INSURANCE' then 1 else 0 end as is_uninsured
from FHIR.staging.stg_payers
