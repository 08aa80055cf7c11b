with changed as (
    select patient_id, batch_no from FHIR.staging.base_patients where batch_no > 0
),

patients as (
    select
        r.patient_id, changed.batch_no, r.file_key, r.entry_index, r.is_bundle, r.resource_id, r.resource
    from FHIR.staging.base_fhir_resources as r
    inner join FHIR.staging.base_patient_files as f on f.patient_id = r.patient_id and f.file_key = r.file_key
    inner join changed on changed.patient_id = f.patient_id
    left join FHIR.staging.base_replaced_resources as d on d.file_key = r.file_key and d.entry_index = r.entry_index
    where r.resource_type = 'Patient' and f.is_current = 1 and d.file_key is null
),

fields as (
    select
        patient_id, batch_no, file_key, 
        get_path(resource, 'birthDate')::varchar as birth, get_path(resource, 'deceasedDateTime')::varchar as death, get_path(resource, 'maritalStatus.coding[0].code')::varchar as marital, get_path(resource, 'gender')::varchar as gender, get_path(resource, 'address[0].line[0]')::varchar as address, get_path(resource, 'address[0].city')::varchar as city, get_path(resource, 'address[0].state')::varchar as state, get_path(resource, 'address[0].postalCode')::varchar as zip
    from patients as documents
),

identifier_elements as (
    select
        documents.patient_id, 
        elements.value as element,
        elements.index as element_index
    from patients as documents, lateral flatten(input => get_path(documents.resource, 'identifier')) as elements
),

identifier_fields as (
    select
        patient_id, 
        get_path(element, 'type.coding[0].code')::varchar as kind, get_path(element, 'value')::varchar as identifier
    from identifier_elements as documents
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
    select
        documents.patient_id, 
        elements.value as element,
        elements.index as element_index
    from patients as documents, lateral flatten(input => get_path(documents.resource, 'name')) as elements
),

name_fields as (
    select
        patient_id, element_index, 
        get_path(element, 'use')::varchar as name_use, get_path(element, 'prefix[0]')::varchar as prefix, get_path(element, 'given[0]')::varchar as given0, get_path(element, 'given[1]')::varchar as given1, get_path(element, 'family')::varchar as family, get_path(element, 'suffix[0]')::varchar as suffix
    from name_elements as documents
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
    select
        documents.patient_id, 
        elements.value as element,
        elements.index as element_index
    from patients as documents, lateral flatten(input => get_path(documents.resource, 'extension')) as elements
),

extension_fields as (
    select
        patient_id, element, 
        get_path(element, 'url')::varchar as url, get_path(element, 'valueAddress.city')::varchar as city, get_path(element, 'valueAddress.state')::varchar as state, get_path(element, 'valueAddress.country')::varchar as country, get_path(element, 'valueDecimal')::varchar as number
    from extension_elements as documents
),

extensions as (
    select
        patient_id,
        max(case when url like '%/patient-birthPlace' then coalesce(city, '') || '  ' || coalesce(state, '') || '  ' || coalesce(country, '') end) as birthplace,
        max(case when url like '%/quality-adjusted-life-years' then try_cast(number as double) end) as qalys,
        max(case when url like '%/disability-adjusted-life-years' then try_cast(number as double) end) as dalys
    from extension_fields
    group by patient_id
),

part_elements as (
    select
        documents.patient_id, documents.url, 
        elements.value as element,
        elements.index as element_index
    from extension_fields as documents, lateral flatten(input => get_path(documents.element, 'extension')) as elements
),

part_fields as (
    select
        patient_id, url, 
        get_path(element, 'url')::varchar as part_url, get_path(element, 'valueCoding.code')::varchar as code
    from part_elements as documents
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
    select
        documents.patient_id, 
        elements.value as element,
        elements.index as element_index
    from patients as documents, lateral flatten(input => get_path(documents.resource, 'address[0].extension')) as elements
),

geolocation_elements as (
    select
        documents.patient_id, 
        elements.value as element,
        elements.index as element_index
    from address_elements as documents, lateral flatten(input => get_path(documents.element, 'extension')) as elements
),

geolocation_fields as (
    select
        patient_id, 
        get_path(element, 'url')::varchar as url, get_path(element, 'valueDecimal')::varchar as number
    from geolocation_elements as documents
),

geolocations as (
    select
        patient_id,
        max(case when url = 'latitude' then try_cast(number as double) end) as lat,
        max(case when url = 'longitude' then try_cast(number as double) end) as lon
    from geolocation_fields
    group by patient_id
),

incomes_ranked as (
    select
        o.patient, o.numeric_value,
        row_number() over (partition by o.patient order by o.date desc, o.id desc) as place
    from FHIR.staging.stg_observations as o
    inner join changed on changed.patient_id = o.patient
    where o.code = '63586-2'
),

incomes as (
    select patient, numeric_value as income from incomes_ranked where place = 1
),

-- Synthea exports the last 10 years; observations before that say that more of the history is there
earliest as (
    select o.patient, min(o.date) as first_observed_at
    from FHIR.staging.stg_observations as o
    inner join changed on changed.patient_id = o.patient
    group by o.patient
),

versions as (
    select patient_id, recorded_at from FHIR.staging.base_patients
)

select
    fields.patient_id as id,
    try_cast(substr(fields.birth, 1, 10) as date) as birthdate,
    try_cast(substr(fields.death, 1, 10) as date) as deathdate,
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
        when earliest.first_observed_at < dateadd('year', -10, cast(versions.recorded_at as timestamp_ntz)) then earliest.first_observed_at
        else dateadd('year', -10, cast(versions.recorded_at as timestamp_ntz))
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
left join FHIR.staging.us_states as us_states on us_states.state_code = fields.state
