{{ config(unique_key='id', post_hook="{{ replace_patients('id') }}") }}

with changed as (
    {{ changed_patients(ref('base_patients')) }}
),

patients as (
    {{ current_resources('Patient') }}
),

fields as (
    {{ json_fields('patients', ['patient_id', 'batch_no', 'file_key'], {
        'birth': 'birthDate',
        'death': 'deceasedDateTime',
        'marital': 'maritalStatus.coding[0].code',
        'gender': 'gender',
        'address': 'address[0].line[0]',
        'city': 'address[0].city',
        'state': 'address[0].state',
        'zip': 'address[0].postalCode'
    }) }}
),

identifier_elements as (
    {{ json_elements('patients', ['patient_id'], 'identifier') }}
),

identifier_fields as (
    {{ json_fields('identifier_elements', ['patient_id'], {'kind': 'type.coding[0].code', 'identifier': 'value'}, 'element') }}
),

identifiers as (
    select
        patient_id,
        max(case when kind = 'SS' then identifier end) as ssn,
        max(case when kind = 'DL' then identifier end) as drivers,
        max(case when kind = 'PPN' then identifier end) as passport
    from identifier_fields
    group by patient_id
),

name_elements as (
    {{ json_elements('patients', ['patient_id'], 'name') }}
),

name_fields as (
    {{ json_fields('name_elements', ['patient_id', 'element_index'], {
        'name_use': 'use', 'prefix': 'prefix[0]', 'given0': 'given[0]', 'given1': 'given[1]', 'family': 'family', 'suffix': 'suffix[0]'
    }, 'element') }}
),

-- the official name, else the first that is not a maiden name
names_ranked as (
    select
        name_fields.*,
        row_number() over (partition by patient_id order by case when name_use = 'official' then 0 else 1 end, element_index) as place
    from name_fields
    where coalesce(name_use, '') <> 'maiden'
),

names as (
    select patient_id, prefix, given0, given1, family, suffix from names_ranked where place = 1
),

maiden_names as (
    select patient_id, min(family) as maiden from name_fields where name_use = 'maiden' group by patient_id
),

extension_elements as (
    {{ json_elements('patients', ['patient_id'], 'extension') }}
),

extension_fields as (
    {{ json_fields('extension_elements', ['patient_id', 'element'], {
        'url': 'url', 'city': 'valueAddress.city', 'state': 'valueAddress.state', 'country': 'valueAddress.country', 'number': 'valueDecimal'
    }, 'element') }}
),

extensions as (
    select
        patient_id,
        max(case when url like '%/patient-birthPlace' then coalesce(city, '') || '  ' || coalesce(state, '') || '  ' || coalesce(country, '') end) as birthplace,
        max(case when url like '%/quality-adjusted-life-years' then {{ to_number('number') }} end) as qalys,
        max(case when url like '%/disability-adjusted-life-years' then {{ to_number('number') }} end) as dalys
    from extension_fields
    group by patient_id
),

part_elements as (
    {{ json_elements('extension_fields', ['patient_id', 'url'], 'extension', 'element') }}
),

part_fields as (
    {{ json_fields('part_elements', ['patient_id', 'url'], {'part_url': 'url', 'code': 'valueCoding.code'}, 'element') }}
),

categories as (
    select
        patient_id,
        min(case when url like '%/us-core-race' then code end) as race_code,
        min(case when url like '%/us-core-ethnicity' then code end) as ethnicity_code
    from part_fields
    where part_url = 'ombCategory'
    group by patient_id
),

has_race as (
    select patient_id, max(case when url like '%/us-core-race' then 1 else 0 end) as is_given from extension_fields group by patient_id
),

address_elements as (
    {{ json_elements('patients', ['patient_id'], 'address[0].extension') }}
),

geolocation_elements as (
    {{ json_elements('address_elements', ['patient_id'], 'extension', 'element') }}
),

geolocation_fields as (
    {{ json_fields('geolocation_elements', ['patient_id'], {'url': 'url', 'number': 'valueDecimal'}, 'element') }}
),

geolocations as (
    select
        patient_id,
        max(case when url = 'latitude' then {{ to_number('number') }} end) as lat,
        max(case when url = 'longitude' then {{ to_number('number') }} end) as lon
    from geolocation_fields
    group by patient_id
),

incomes_ranked as (
    select
        o.patient, o.numeric_value,
        row_number() over (partition by o.patient order by o.date desc, o.id desc) as place
    from {{ ref('stg_observations') }} as o
    inner join changed on changed.patient_id = o.patient{{ narrowed('o.patient') }}
    where o.code = '63586-2'
),

incomes as (
    select patient, numeric_value as income from incomes_ranked where place = 1
),

-- Synthea exports the last {{ var('years_of_history') }} years; observations before that say that more of the history is there
earliest as (
    select o.patient, min(o.date) as first_observed_at
    from {{ ref('stg_observations') }} as o
    inner join changed on changed.patient_id = o.patient{{ narrowed('o.patient') }}
    group by o.patient
),

versions as (
    select patient_id, recorded_at from {{ ref('base_patients') }}
)

select
    fields.patient_id as id,
    {{ to_date('fields.birth') }} as birthdate,
    {{ to_date('fields.death') }} as deathdate,
    identifiers.ssn,
    identifiers.drivers,
    identifiers.passport,
    names.prefix,
    names.given0 as first,
    names.given1 as middle,
    names.family as last,
    names.suffix,
    maiden_names.maiden,
    fields.marital,
    case
        when coalesce(has_race.is_given, 0) = 0 then null
        when categories.race_code = '2106-3' then 'white'
        when categories.race_code = '2054-5' then 'black'
        when categories.race_code = '2028-9' then 'asian'
        when categories.race_code = '1002-5' then 'native'
        when categories.race_code = '2076-8' then 'hawaiian'
        else 'other'
    end as race,
    case categories.ethnicity_code when '2135-2' then 'hispanic' when '2186-5' then 'nonhispanic' end as ethnicity,
    case fields.gender when 'male' then 'M' when 'female' then 'F' end as gender,
    extensions.birthplace,
    fields.address,
    fields.city,
    fields.state,
    cast(null as varchar) as county,
    cast(null as varchar) as fips,
    fields.zip,
    geolocations.lat,
    geolocations.lon,
    cast(null as decimal(18, 2)) as healthcare_expenses,
    cast(null as decimal(18, 2)) as healthcare_coverage,
    incomes.income,
    us_states.state_name,
    extensions.qalys,
    extensions.dalys,
    versions.recorded_at,
    case
        when earliest.first_observed_at < {{ add_interval('year', '-' ~ var('years_of_history'), 'versions.recorded_at') }} then earliest.first_observed_at
        else {{ add_interval('year', '-' ~ var('years_of_history'), 'versions.recorded_at') }}
    end as history_from,
    fields.file_key,
    fields.batch_no
from fields
left join identifiers on identifiers.patient_id = fields.patient_id
left join names on names.patient_id = fields.patient_id
left join maiden_names on maiden_names.patient_id = fields.patient_id
left join extensions on extensions.patient_id = fields.patient_id
left join categories on categories.patient_id = fields.patient_id
left join has_race on has_race.patient_id = fields.patient_id
left join geolocations on geolocations.patient_id = fields.patient_id
left join earliest on earliest.patient = fields.patient_id
left join versions on versions.patient_id = fields.patient_id
left join incomes on incomes.patient = fields.patient_id
left join {{ ref('us_states') }} as us_states on us_states.state_code = fields.state
