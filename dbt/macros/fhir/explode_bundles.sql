{#- One row for each resource of the files that `base_fhir_files` lists after batch `after_batch`:
    file_key, etag, s3_last_modified, entry_index, is_bundle, full_url, resource (JSON).

    Takes any bundle type and single resources. -#}
{% macro explode_bundles(bundles, files, after_batch) -%}
    {{ adapter.dispatch('explode_bundles', 'fhir_aspire')(bundles, files, after_batch) }}
{%- endmacro %}

{#- DuckDB works on 2,048 rows at a time, and 2,048 bundles are 10 GB: the files go through in ranges of keys that hold about
    `explode_batch_entries` entries each, as branches of a union, so that memory stays flat whatever the input. -#}
{% macro duckdb__explode_bundles(bundles, files, after_batch) -%}
    {%- set ranges = [] -%}
    {%- if execute -%}
        {%- set found = run_query(
            "select min(file_key), max(file_key) from (select file_key, (sum(coalesce(record_count, 1)) over (order by file_key rows unbounded preceding)"
            ~ " - coalesce(record_count, 1)) // greatest(" ~ var('explode_batch_entries') ~ ", sum(coalesce(record_count, 1)) over () // 500) as batch from " ~ files
            ~ " where batch_no > " ~ after_batch ~ ") as files group by batch order by 1") -%}
        {%- for row in found.rows -%}
            {%- do ranges.append((row[0], row[1])) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- if not ranges -%}
        {%- do ranges.append(('', '')) -%}
    {%- endif -%}
    {%- for first_key, last_key in ranges %}
    select
        file_key, etag, s3_last_modified, entry_index, is_bundle,
        entry.fullUrl as full_url,
        entry.resource as resource
    from (
        select
            file_key, etag, s3_last_modified, is_bundle,
            unnest(entries) as entry,
            generate_subscripts(entries, 1) - 1 as entry_index
        from (
            select
                file_key, etag, s3_last_modified,
                document.resourceType = 'Bundle' as is_bundle,
                case
                    when document.resourceType = 'Bundle' then document.entry
                    else [{'fullUrl': cast(null as varchar), 'resource': bundle_data}]
                end as entries
            from (
                select
                    file_key, etag, bundle_data,
                    cast(coalesce(s3_last_modified, loaded_at) as timestamp) as s3_last_modified,
                    from_json(bundle_data, '{"resourceType":"VARCHAR","entry":[{"fullUrl":"VARCHAR","resource":"JSON"}]}') as document
                from {{ bundles }}
                where file_key >= '{{ first_key | replace("'", "''") }}' and file_key <= '{{ last_key | replace("'", "''") }}'
                    and file_key in (select file_key from {{ files }} where batch_no > {{ after_batch }})
            ) as parsed
        ) as files
    ) as entries
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#- "offset 0" keeps PostgreSQL from computing an expression anew wherever it is used: each file would be unpacked once for each of its entries. -#}
{% macro postgres__explode_bundles(bundles, files, after_batch) -%}
    select
        file_key, etag, s3_last_modified,
        cast(position as bigint) - 1 as entry_index,
        is_bundle,
        entry ->> 'fullUrl' as full_url,
        entry -> 'resource' as resource
    from (
        select
            b.file_key, b.etag,
            cast(coalesce(b.s3_last_modified, b.loaded_at) as timestamp) as s3_last_modified,
            b.bundle_data ->> 'resourceType' = 'Bundle' as is_bundle,
            case
                when b.bundle_data ->> 'resourceType' is distinct from 'Bundle' then jsonb_build_array(jsonb_build_object('resource', b.bundle_data))
                when jsonb_typeof(b.bundle_data -> 'entry') = 'array' then b.bundle_data -> 'entry'
                else '[]'::jsonb
            end as entries
        from {{ bundles }} as b
        where b.file_key in (select file_key from {{ files }} where batch_no > {{ after_batch }})
        offset 0
    ) as opened
    cross join lateral jsonb_array_elements(opened.entries) with ordinality as elements (entry, position)
    offset 0
{%- endmacro %}

{% macro snowflake__explode_bundles(bundles, files, after_batch) -%}
    select
        b.file_key, b.etag,
        cast(coalesce(b.s3_last_modified, b.loaded_at) as timestamp_ntz) as s3_last_modified,
        e.index as entry_index,
        true as is_bundle,
        get_path(e.value, 'fullUrl')::varchar as full_url,
        get_path(e.value, 'resource') as resource
    from {{ bundles }} as b, lateral flatten(input => get_path(b.bundle_data, 'entry')) as e
    where get_path(b.bundle_data, 'resourceType')::varchar = 'Bundle'
        and b.file_key in (select file_key from {{ files }} where batch_no > {{ after_batch }})
    union all
    select
        b.file_key, b.etag,
        cast(coalesce(b.s3_last_modified, b.loaded_at) as timestamp_ntz) as s3_last_modified,
        0 as entry_index,
        false as is_bundle,
        cast(null as varchar) as full_url,
        b.bundle_data as resource
    from {{ bundles }} as b
    where coalesce(get_path(b.bundle_data, 'resourceType')::varchar, '') <> 'Bundle'
        and b.file_key in (select file_key from {{ files }} where batch_no > {{ after_batch }})
{%- endmacro %}
