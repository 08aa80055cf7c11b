{{ config(unique_key='file_key') }}

-- A file is new when its key is unknown, or known with another ETag. Load times play no part: equal or late ones lose nothing.
with bundles as (
    select file_key, etag, s3_last_modified, loaded_at, record_count from {{ source('raw', 'fhir_bundles') }}
)

select
    bundles.file_key,
    bundles.etag,
    {{ folder_of('bundles.file_key') }} as folder,
    cast(coalesce(bundles.s3_last_modified, bundles.loaded_at) as timestamp) as s3_last_modified,
    cast(coalesce(bundles.record_count, 1) as bigint) as record_count,
    cast({{ last_batch() }} + 1 as bigint) as batch_no
from bundles
{% if is_incremental() %}
left join {{ this }} as known on known.file_key = bundles.file_key and coalesce(known.etag, '') = coalesce(bundles.etag, '')
where known.file_key is null
{% endif %}
