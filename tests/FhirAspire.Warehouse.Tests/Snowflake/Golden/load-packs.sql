open;

alter session set ABORT_DETACHED_QUERY = true QUERY_TAG = 'fhir-aspire' STATEMENT_TIMEOUT_IN_SECONDS = 3600 TIMEZONE = 'UTC' TRANSACTION_ABORT_ON_ERROR = true WEEK_START = 1;

create or replace temporary table raw.fhir_bundles_incoming like raw.fhir_bundles;

begin;

copy into raw.fhir_bundles_incoming (file_key, bundle_data, loaded_at, s3_last_modified, record_count, etag)
from (
    select
        get_path($1, 'file_key')::varchar,
        get_path($1, 'document'),
        '2026-01-02 03:04:05.000000 +00:00'::timestamp_tz,
        metadata$file_last_modified,
        coalesce(array_size(get_path($1, 'document.entry')), 1),
        get_path($1, 'etag')::varchar
    from @raw.fhir_stage
)
files = ('patients/a.pack.ndjson.gz', 'patients/b.pack.ndjson.gz')
file_format = (format_name = 'raw.fhir_json')
on_error = skip_file
force = true;

delete from raw.load_objects where file_key = :1
  -- raw/patients/b.pack.ndjson.gz;

merge into raw.fhir_bundles as old
using (select * from raw.fhir_bundles_incoming qualify row_number() over (partition by file_key order by s3_last_modified desc, etag desc) = 1) as new on old.file_key = new.file_key
when matched then update set bundle_data = new.bundle_data, loaded_at = new.loaded_at, s3_last_modified = new.s3_last_modified, record_count = new.record_count, etag = new.etag
when not matched then insert (file_key, bundle_data, loaded_at, s3_last_modified, record_count, etag)
    values (new.file_key, new.bundle_data, new.loaded_at, new.s3_last_modified, new.record_count, new.etag);

update raw.load_errors set resolved_at = :1 where resolved_at is null and (file_key = :2 or (file_key >= :3 and file_key < :4 and file_key not in (select file_key from raw.load_objects where file_key >= :5 and file_key < :6)))
  -- 2026-01-02T03:04:05+00:00 | raw/patients/b.pack.ndjson.gz | raw/patients/b.pack.ndjson.gz# | raw/patients/b.pack.ndjson.gz$ | raw/patients/b.pack.ndjson.gz# | raw/patients/b.pack.ndjson.gz$;

insert into raw.load_objects (file_key, etag, size, s3_last_modified, row_count, error_count, run_id, loaded_at) select column1, column2, column3, column4, column5, column6, column7, column8 from values (:1, :2, :3, :4, :5, :6, :7, :8), (:9, :10, :11, :12, :13, :14, :15, :16)
  -- raw/patients/a.pack.ndjson.gz | e-a.pack.ndjson.gz | 100 | 2026-01-02T03:03:05+00:00 | 700 | 0 | 7 | 2026-01-02T03:04:05+00:00 | raw/patients/b.pack.ndjson.gz | e-b.pack.ndjson.gz | 100 | 2026-01-02T03:03:05+00:00 | 1 | 0 | 7 | 2026-01-02T03:04:05+00:00;

select fence, last_modified, last_key from raw.load_watermark where prefix = :1
  -- raw/patients/;

insert into raw.load_watermark (prefix, last_modified, last_key, fence, run_id, updated_at) values (:1, :2, :3, :4, :5, :6)
  -- raw/patients/ | 2026-01-02T03:03:05+00:00 | raw/patients/b.pack.ndjson.gz | 3 | 7 | 2026-01-02T03:04:05+00:00;

commit;

close;
