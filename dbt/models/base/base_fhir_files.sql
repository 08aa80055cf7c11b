{{ config(unique_key='file_key') }}

-- A file is new when its key is unknown, or known with another ETag. Load times play no part: equal or late ones lose nothing.
-- With `max_new_entries` a run takes no more than the oldest files that hold about so many entries; the next run goes on behind them.
with bundles as (
    select file_key, etag, s3_last_modified, loaded_at, record_count from {{ source('raw', 'fhir_bundles') }}
),

new_files as (
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
)

{% if var('max_new_entries') > 0 -%}
select file_key, etag, folder, s3_last_modified, record_count, batch_no
from (
    select
        new_files.*,
        sum(record_count) over (order by s3_last_modified, file_key rows unbounded preceding) - record_count as entries_before
    from new_files
) as counted
where entries_before < {{ var('max_new_entries') }}
{%- else -%}
select file_key, etag, folder, s3_last_modified, record_count, batch_no
from new_files
{%- endif %}
