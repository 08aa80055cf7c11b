open;

alter session set ABORT_DETACHED_QUERY = true QUERY_TAG = 'fhir-aspire' STATEMENT_TIMEOUT_IN_SECONDS = 3600 TIMEZONE = 'UTC' TRANSACTION_ABORT_ON_ERROR = true WEEK_START = 1;

create or replace temporary table raw.fhir_bundles_incoming like raw.fhir_bundles;

begin;

copy into raw.fhir_bundles (file_key, bundle_data, loaded_at, s3_last_modified, record_count, etag)
from (
    select
        metadata$filename || case when metadata$filename like '%.ndjson' or metadata$filename like '%.ndjson.gz' then '#' || metadata$file_row_number else '' end,
        $1,
        '2026-01-02 03:04:05.000000 +00:00'::timestamp_tz,
        metadata$file_last_modified,
        coalesce(array_size(get_path($1, 'entry')), 1),
        metadata$file_content_key
    from @raw.fhir_stage
)
files = ('patients/a.json', 'patients/b.ndjson.gz', 'patients/broken.json')
file_format = (format_name = 'raw.fhir_json')
on_error = skip_file
load_uncertain_files = true;

copy into raw.fhir_bundles_incoming (file_key, bundle_data, loaded_at, s3_last_modified, record_count, etag)
from (
    select
        metadata$filename || case when metadata$filename like '%.ndjson' or metadata$filename like '%.ndjson.gz' then '#' || metadata$file_row_number else '' end,
        $1,
        '2026-01-02 03:04:05.000000 +00:00'::timestamp_tz,
        metadata$file_last_modified,
        coalesce(array_size(get_path($1, 'entry')), 1),
        metadata$file_content_key
    from @raw.fhir_stage
)
files = ('patients/c.json')
file_format = (format_name = 'raw.fhir_json')
on_error = skip_file
force = true;

delete from raw.load_objects where file_key = :1
  -- raw/patients/c.json;

delete from raw.fhir_bundles where (file_key = :1 or (file_key >= :2 and file_key < :3 and file_key not in (select file_key from raw.load_objects where file_key >= :4 and file_key < :5))) and file_key not in (select file_key from raw.fhir_bundles_incoming)
  -- raw/patients/c.json | raw/patients/c.json# | raw/patients/c.json$ | raw/patients/c.json# | raw/patients/c.json$;

merge into raw.fhir_bundles as old
using (select * from raw.fhir_bundles_incoming qualify row_number() over (partition by file_key order by s3_last_modified desc, etag desc) = 1) as new on old.file_key = new.file_key
when matched then update set bundle_data = new.bundle_data, loaded_at = new.loaded_at, s3_last_modified = new.s3_last_modified, record_count = new.record_count, etag = new.etag
when not matched then insert (file_key, bundle_data, loaded_at, s3_last_modified, record_count, etag)
    values (new.file_key, new.bundle_data, new.loaded_at, new.s3_last_modified, new.record_count, new.etag);

update raw.load_errors set resolved_at = :1 where resolved_at is null and (file_key = :2 or (file_key >= :3 and file_key < :4 and file_key not in (select file_key from raw.load_objects where file_key >= :5 and file_key < :6)))
  -- 2026-01-02T03:04:05+00:00 | raw/patients/c.json | raw/patients/c.json# | raw/patients/c.json$ | raw/patients/c.json# | raw/patients/c.json$;

insert into raw.load_objects (file_key, etag, size, s3_last_modified, row_count, error_count, run_id, loaded_at) select column1, column2, column3, column4, column5, column6, column7, column8 from values (:1, :2, :3, :4, :5, :6, :7, :8), (:9, :10, :11, :12, :13, :14, :15, :16), (:17, :18, :19, :20, :21, :22, :23, :24), (:25, :26, :27, :28, :29, :30, :31, :32)
  -- raw/patients/a.json | e-a.json | 100 | 2026-01-02T03:03:05+00:00 | 1 | 0 | 7 | 2026-01-02T03:04:05+00:00 | raw/patients/b.ndjson.gz | e-b.ndjson.gz | 100 | 2026-01-02T03:03:05+00:00 | 3 | 0 | 7 | 2026-01-02T03:04:05+00:00 | raw/patients/broken.json | e-broken.json | 100 | 2026-01-02T03:03:05+00:00 | 0 | 1 | 7 | 2026-01-02T03:04:05+00:00 | raw/patients/c.json | e-c.json | 100 | 2026-01-02T03:03:05+00:00 | 1 | 0 | 7 | 2026-01-02T03:04:05+00:00;

insert into raw.load_errors (file_key, etag, place, code, reason, occurred_at, run_id, resolved_at) select column1, column2, column3, column4, column5, column6, column7, column8 from values (:1, :2, :3, :4, :5, :6, :7, :8)
  -- raw/patients/broken.json | e-broken.json | line 1, character 40 | LOD2003 | Error parsing JSON: unfinished string; found by COPY, expected a FHIR document | 2026-01-02T03:04:05+00:00 | 7 | null;

select fence, last_modified, last_key from raw.load_watermark where prefix = :1
  -- raw/patients/;

update raw.load_watermark set last_modified = :1, last_key = :2, fence = :3, run_id = :4, updated_at = :5 where prefix = :6 and fence <= :7
  -- 2026-01-02T03:03:05+00:00 | raw/patients/c.json | 3 | 7 | 2026-01-02T03:04:05+00:00 | raw/patients/ | 3;

commit;

close;
