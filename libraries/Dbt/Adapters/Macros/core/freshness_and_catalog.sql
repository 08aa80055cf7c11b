{% macro collect_freshness(source, loaded_at_field, filter) %}{{ return(adapter.dispatch('collect_freshness', 'dbt')(source, loaded_at_field, filter)) }}{% endmacro %}
{% macro default__collect_freshness(source, loaded_at_field, filter) %}
  {% call statement('collect_freshness', fetch_result=true, auto_begin=false) -%}
    select max({{ loaded_at_field }}) as max_loaded_at, {{ current_timestamp() }} as snapshotted_at
    from {{ source }}
    {{ 'where ' ~ filter if filter }}
  {%- endcall %}
  {{ return(load_result('collect_freshness')) }}
{% endmacro %}

{% macro collect_freshness_custom_sql(source, loaded_at_query) %}{{ return(adapter.dispatch('collect_freshness_custom_sql', 'dbt')(source, loaded_at_query)) }}{% endmacro %}
{% macro default__collect_freshness_custom_sql(source, loaded_at_query) %}
  {% call statement('collect_freshness_custom_sql', fetch_result=true, auto_begin=false) -%}
    with source_query as (
      {{ loaded_at_query }}
    )
    select (select * from source_query) as max_loaded_at, {{ current_timestamp() }} as snapshotted_at
  {%- endcall %}
  {{ return(load_result('collect_freshness_custom_sql')) }}
{% endmacro %}

{% macro get_catalog(information_schema, schemas) -%}{{ return(adapter.dispatch('get_catalog', 'dbt')(information_schema, schemas)) }}{%- endmacro %}
{% macro default__get_catalog(information_schema, schemas) -%}{{ exceptions.raise_compiler_error('get_catalog not implemented for ' ~ adapter.type()) }}{%- endmacro %}
{% macro get_catalog_relations(information_schema, relations) -%}{{ return(adapter.dispatch('get_catalog_relations', 'dbt')(information_schema, relations)) }}{%- endmacro %}
{% macro default__get_catalog_relations(information_schema, relations) -%}{{ return(get_catalog(information_schema, relations | map(attribute='schema') | unique | list)) }}{%- endmacro %}

{%- macro current_timestamp() -%}{{ adapter.dispatch('current_timestamp', 'dbt')() }}{%- endmacro -%}
{% macro default__current_timestamp() -%}{{ exceptions.raise_not_implemented('current_timestamp macro not implemented for adapter ' ~ adapter.type()) }}{%- endmacro %}
{%- macro snapshot_get_time() -%}{{ adapter.dispatch('snapshot_get_time', 'dbt')() }}{%- endmacro -%}
{% macro default__snapshot_get_time() %}{{ current_timestamp() }}{% endmacro %}
{% macro get_snapshot_get_time_data_type() %}
  {{ return(get_column_schema_from_query('select ' ~ snapshot_get_time() ~ ' as dbt_snapshot_time')[0].dtype or none) }}
{% endmacro %}
{% macro current_timestamp_backcompat() %}{{ return(adapter.dispatch('current_timestamp_backcompat', 'dbt')()) }}{% endmacro %}
{% macro default__current_timestamp_backcompat() %}
    current_timestamp::timestamp
{% endmacro %}
{% macro current_timestamp_in_utc_backcompat() %}{{ return(adapter.dispatch('current_timestamp_in_utc_backcompat', 'dbt')()) }}{% endmacro %}
{% macro default__current_timestamp_in_utc_backcompat() %}{{ return(adapter.dispatch('current_timestamp_backcompat', 'dbt')()) }}{% endmacro %}
