-- The way to the bucket. Replace <aws_account_id>; then give desc integration's two values to infra/aws/pipeline.json.
use role accountadmin;
create storage integration if not exists fhir_s3 type = external_stage storage_provider = 'S3' enabled = true
    storage_aws_role_arn = 'arn:aws:iam::<aws_account_id>:role/fhir-aspire-snowflake'
    storage_allowed_locations = ('s3://synthea-fhir-data-dump/raw/');
create file format if not exists fhir.raw.fhir_json type = json compression = auto strip_outer_array = false;
create stage if not exists fhir.raw.fhir_stage url = 's3://synthea-fhir-data-dump/raw/' storage_integration = fhir_s3 file_format = fhir.raw.fhir_json;
