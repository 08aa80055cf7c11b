-- A file is new when its key is unknown, or known with another ETag. Load times play no part: equal or late ones lose nothing.
-- A line that its NDJSON file no longer has since that came again stands here without entries, in the place of what it gave.
-- With `max_new_entries` a run takes no more than the oldest files that hold about so many entries; the next run goes on behind them.
with bundles as (
    select file_key, etag, s3_last_modified, loaded_at, record_count from FHIR.raw.fhir_bundles
),

new_files as (
    select
        bundles.file_key,
        bundles.etag,
        regexp_replace(bundles.file_key, '/[^/]*$', '') as folder,
        cast(coalesce(bundles.s3_last_modified, bundles.loaded_at) as timestamp) as s3_last_modified,
        cast(coalesce(bundles.record_count, 1) as bigint) as record_count,
        cast(0 + 1 as bigint) as batch_no
    from bundles
    
)

select file_key, etag, folder, s3_last_modified, record_count, batch_no
from new_files
