{{ config(unique_key='patient', post_hook="{{ replace_patients() }}") }}

with changed as (
    {{ changed_patients(ref('base_patients')) }}
),

conditions as (
    {{ current_resources('Condition') }}
),

fields as (
    {{ json_fields('conditions', ['patient_id', 'batch_no', 'file_key', 'entry_index', 'resource_id'], {
        'onset': 'onsetDateTime',
        'onset_start': 'onsetPeriod.start',
        'abatement': 'abatementDateTime',
        'abatement_end': 'abatementPeriod.end',
        'encounter': 'encounter.reference',
        'system': 'code.coding[0].system',
        'code': 'code.coding[0].code',
        'display': 'code.coding[0].display',
        'code_text': 'code.text',
        'clinical_status': 'clinicalStatus.coding[0].code'
    }) }}
)

select
    {{ to_date('coalesce(onset, onset_start)') }} as start,
    {{ to_date('coalesce(abatement, abatement_end)') }} as stop,
    patient_id as patient,
    {{ reference_id('encounter') }} as encounter,
    system,
    code,
    coalesce(display, code_text) as description,
    resource_id as id,
    {{ to_timestamp_utc('coalesce(onset, onset_start)') }} as onset_at,
    {{ to_timestamp_utc('coalesce(abatement, abatement_end)') }} as abated_at,
    clinical_status,
    entry_index,
    file_key,
    batch_no
from fields
