{{ config(unique_key='file_key') }}

-- A file is new when its key is unknown, or known with another ETag. Load times play no part: equal or late ones lose nothing.
-- A line that its NDJSON file no longer has since that came again stands here without entries, in the place of what it gave.
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
{%- if is_incremental() %},

changed_objects as (
    select {{ object_of('file_key') }} as object_key, max(etag) as etag, max(s3_last_modified) as s3_last_modified, max(batch_no) as batch_no
    from new_files
    where file_key like '%#%'
    group by 1
),

vanished_lines as (
    select known.file_key, changed_objects.etag, known.folder, changed_objects.s3_last_modified, cast(0 as bigint) as record_count, changed_objects.batch_no
    from {{ this }} as known
    inner join changed_objects on changed_objects.object_key = {{ object_of('known.file_key') }}
    left join bundles on bundles.file_key = known.file_key
    where known.file_key like '%#%' and known.record_count > 0 and bundles.file_key is null
),

files as (
    select file_key, etag, folder, s3_last_modified, record_count, batch_no from new_files
    union all
    select file_key, etag, folder, s3_last_modified, record_count, batch_no from vanished_lines
)
{%- endif %}
{%- set files = 'files' if is_incremental() else 'new_files' %}

{% if var('max_new_entries') > 0 -%}
select file_key, etag, folder, s3_last_modified, record_count, batch_no
from (
    select
        {{ files }}.*,
        -- vanished lines before the new ones of their file: once those are taken, nothing tells of them
        sum(record_count) over (order by s3_last_modified, least(record_count, 1), file_key rows unbounded preceding) - record_count as entries_before
    from {{ files }}
) as counted
where entries_before < {{ var('max_new_entries') }}
{%- else -%}
select file_key, etag, folder, s3_last_modified, record_count, batch_no
from {{ files }}
{%- endif %}
