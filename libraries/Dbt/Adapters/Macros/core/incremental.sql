{% macro incremental_validate_on_schema_change(on_schema_change, default='ignore') %}
  {{ return(on_schema_change if on_schema_change in ['sync_all_columns', 'append_new_columns', 'fail', 'ignore'] else default) }}
{% endmacro %}

{% macro check_for_schema_changes(source_relation, target_relation) %}
  {{ return(adapter.dispatch('check_for_schema_changes', 'dbt')(source_relation, target_relation)) }}
{% endmacro %}
{% macro default__check_for_schema_changes(source_relation, target_relation) %}
  {% set new = adapter.get_columns_in_relation(source_relation) %}
  {% set old = adapter.get_columns_in_relation(target_relation) %}
  {% set added = diff_columns(new, old) %}
  {% set removed = diff_columns(old, new) %}
  {% set retyped = diff_column_data_types(new, old) %}
  {{ return({
      'schema_changed': (added or removed or retyped) | length > 0, 'source_not_in_target': added, 'target_not_in_source': removed,
      'source_columns': new, 'target_columns': old, 'new_target_types': retyped}) }}
{% endmacro %}

{% macro sync_column_schemas(on_schema_change, target_relation, schema_changes_dict) %}
  {{ return(adapter.dispatch('sync_column_schemas', 'dbt')(on_schema_change, target_relation, schema_changes_dict)) }}
{% endmacro %}
{% macro default__sync_column_schemas(on_schema_change, target_relation, schema_changes_dict) %}
  {% set added = schema_changes_dict['source_not_in_target'] %}
  {% set removed = schema_changes_dict['target_not_in_source'] if on_schema_change == 'sync_all_columns' else [] %}
  {% if added or removed %}{% do alter_relation_add_remove_columns(target_relation, added or none, removed or none) %}{% endif %}
  {% if on_schema_change == 'sync_all_columns' %}
    {% for change in schema_changes_dict['new_target_types'] %}{% do alter_column_type(target_relation, change['column_name'], change['new_type']) %}{% endfor %}
  {% endif %}
{% endmacro %}

{% macro process_schema_changes(on_schema_change, source_relation, target_relation) %}
  {{ return(adapter.dispatch('process_schema_changes', 'dbt')(on_schema_change, source_relation, target_relation)) }}
{% endmacro %}
{% macro default__process_schema_changes(on_schema_change, source_relation, target_relation) %}
  {% if on_schema_change == 'ignore' %}{{ return({}) }}{% endif %}
  {% set changes = check_for_schema_changes(source_relation, target_relation) %}
  {% if changes['schema_changed'] %}
    {% if on_schema_change == 'fail' %}
      {% do exceptions.raise_compiler_error(
          'The source and target schemas on this incremental model are out of sync!\n'
          ~ 'Set on_schema_change to append_new_columns or sync_all_columns, run the model with --full-refresh, or change the table by hand.\n'
          ~ 'Source columns not in target: ' ~ changes['source_not_in_target'] ~ '\n'
          ~ 'Target columns not in source: ' ~ changes['target_not_in_source'] ~ '\n'
          ~ 'New column types: ' ~ changes['new_target_types']) %}
    {% endif %}
    {% do sync_column_schemas(on_schema_change, target_relation, changes) %}
  {% endif %}
  {{ return(changes['source_columns']) }}
{% endmacro %}

{# A macro a strategy; each gets a dict with target_relation, temp_relation, unique_key, dest_columns, incremental_predicates. #}
{% macro get_incremental_append_sql(arg_dict) %}{{ return(adapter.dispatch('get_incremental_append_sql', 'dbt')(arg_dict)) }}{% endmacro %}
{% macro default__get_incremental_append_sql(arg_dict) %}{{ return(get_insert_into_sql(arg_dict['target_relation'], arg_dict['temp_relation'], arg_dict['dest_columns'])) }}{% endmacro %}

{% macro get_incremental_delete_insert_sql(arg_dict) %}{{ return(adapter.dispatch('get_incremental_delete_insert_sql', 'dbt')(arg_dict)) }}{% endmacro %}
{% macro default__get_incremental_delete_insert_sql(arg_dict) %}
  {{ return(get_delete_insert_merge_sql(arg_dict['target_relation'], arg_dict['temp_relation'], arg_dict['unique_key'], arg_dict['dest_columns'], arg_dict['incremental_predicates'])) }}
{% endmacro %}

{% macro get_incremental_merge_sql(arg_dict) %}{{ return(adapter.dispatch('get_incremental_merge_sql', 'dbt')(arg_dict)) }}{% endmacro %}
{% macro default__get_incremental_merge_sql(arg_dict) %}
  {{ return(get_merge_sql(arg_dict['target_relation'], arg_dict['temp_relation'], arg_dict['unique_key'], arg_dict['dest_columns'], arg_dict['incremental_predicates'])) }}
{% endmacro %}

{% macro get_incremental_insert_overwrite_sql(arg_dict) %}{{ return(adapter.dispatch('get_incremental_insert_overwrite_sql', 'dbt')(arg_dict)) }}{% endmacro %}
{% macro default__get_incremental_insert_overwrite_sql(arg_dict) %}
  {{ return(get_insert_overwrite_merge_sql(arg_dict['target_relation'], arg_dict['temp_relation'], arg_dict['dest_columns'], arg_dict['incremental_predicates'])) }}
{% endmacro %}

{% macro get_incremental_microbatch_sql(arg_dict) %}{{ return(adapter.dispatch('get_incremental_microbatch_sql', 'dbt')(arg_dict)) }}{% endmacro %}
{# The batch's own stretch of time is emptied and filled again. #}
{% macro default__get_incremental_microbatch_sql(arg_dict) %}
  {%- set field = config.get('event_time') -%}
  {%- if not field -%}{{ exceptions.raise_compiler_error("microbatch incremental strategy requires an 'event_time' model config") }}{%- endif -%}
  {%- if not model.batch -%}{{ exceptions.raise_compiler_error("microbatch incremental strategy needs a batch") }}{%- endif -%}
  {%- set names = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
  {%- set conditions = [field ~ " >= '" ~ model.batch.event_time_start ~ "'", field ~ " < '" ~ model.batch.event_time_end ~ "'"] -%}
  {%- set window = conditions | join(' and ') -%}
  {%- for predicate in arg_dict.get('incremental_predicates') or [] -%}{%- do conditions.append('(' ~ predicate ~ ')') -%}{%- endfor -%}
  {%- set dml -%}
    delete from {{ arg_dict['target_relation'] }} where {{ conditions | join(' and ') }};
    insert into {{ arg_dict['target_relation'] }} ({{ names }})
    select {{ names }} from {{ arg_dict['temp_relation'] }} where {{ window }};
  {%- endset -%}
  {{ return(dml) }}
{% endmacro %}

{% macro get_incremental_default_sql(arg_dict) %}{{ return(adapter.dispatch('get_incremental_default_sql', 'dbt')(arg_dict)) }}{% endmacro %}
{% macro default__get_incremental_default_sql(arg_dict) %}{{ return(get_incremental_append_sql(arg_dict)) }}{% endmacro %}

{% macro get_insert_into_sql(target_relation, temp_relation, dest_columns) %}
  {%- set names = get_quoted_csv(dest_columns | map(attribute='name')) -%}
  insert into {{ target_relation }} ({{ names }}) (select {{ names }} from {{ temp_relation }})
{% endmacro %}

{% macro get_merge_update_columns(merge_update_columns, merge_exclude_columns, dest_columns) %}
  {{ return(adapter.dispatch('get_merge_update_columns', 'dbt')(merge_update_columns, merge_exclude_columns, dest_columns)) }}
{% endmacro %}
{% macro default__get_merge_update_columns(merge_update_columns, merge_exclude_columns, dest_columns) %}
  {%- if merge_update_columns and merge_exclude_columns -%}
    {{ exceptions.raise_compiler_error('Model cannot specify merge_update_columns and merge_exclude_columns. Please update model to use only one config') }}
  {%- endif -%}
  {%- if merge_update_columns -%}{{ return(merge_update_columns) }}{%- endif -%}
  {%- set excluded = (merge_exclude_columns or []) | map('lower') | list -%}
  {%- set kept = [] -%}
  {%- for column in dest_columns if column.column | lower not in excluded -%}{%- do kept.append(column.quoted) -%}{%- endfor -%}
  {{ return(kept) }}
{% endmacro %}

{% macro get_merge_unique_key_match(source_unique_key, target_unique_key) %}
  {{ return(adapter.dispatch('get_merge_unique_key_match', 'dbt')(source_unique_key, target_unique_key)) }}
{% endmacro %}
{% macro default__get_merge_unique_key_match(source_unique_key, target_unique_key) %}{{ return(equals(source_unique_key, target_unique_key) | trim) }}{% endmacro %}

{% macro get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) -%}
  {{ adapter.dispatch('get_merge_sql', 'dbt')(target, source, unique_key, dest_columns, kwargs.get('predicates', incremental_predicates)) }}
{%- endmacro %}
{% macro default__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) -%}
  {%- set conditions = (incremental_predicates or []) | list -%}
  {%- set names = get_quoted_csv(dest_columns | map(attribute='name')) -%}
  {%- set updated = get_merge_update_columns(config.get('merge_update_columns'), config.get('merge_exclude_columns'), dest_columns) -%}
  {%- for key in ([unique_key] if unique_key is string else unique_key or []) -%}
    {%- do conditions.append(get_merge_unique_key_match('DBT_INTERNAL_SOURCE.' ~ key, 'DBT_INTERNAL_DEST.' ~ key)) -%}
  {%- endfor -%}
  {%- if not unique_key -%}{%- do conditions.append('FALSE') -%}{%- endif -%}
  {%- set assignments = [] -%}
  {%- for name in updated -%}{%- do assignments.append(name ~ ' = DBT_INTERNAL_SOURCE.' ~ name) -%}{%- endfor -%}
  {%- set header = config.get('sql_header', none) -%}
  {{ header if header is not none }}
  merge into {{ target }} as DBT_INTERNAL_DEST
  using {{ source }} as DBT_INTERNAL_SOURCE
  on ({{ conditions | join(') and (') }})
  {%- if unique_key %}
  when matched then update set {{ assignments | join(', ') }}
  {%- endif %}
  when not matched then insert ({{ names }}) values ({{ _merge_values(dest_columns) }})
{%- endmacro %}
{% macro _merge_values(dest_columns) %}
  {%- set values = [] -%}
  {%- for column in dest_columns -%}{%- do values.append('DBT_INTERNAL_SOURCE.' ~ adapter.quote(column.name)) -%}{%- endfor -%}
  {{ return(values | join(', ')) }}
{% endmacro %}

{% macro get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
  {{ adapter.dispatch('get_delete_insert_merge_sql', 'dbt')(target, source, unique_key, dest_columns, incremental_predicates) }}
{%- endmacro %}
{% macro default__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
  {%- set names = get_quoted_csv(dest_columns | map(attribute='name')) -%}
  {%- if unique_key -%}
    {%- set keys = unique_key if unique_key is string else unique_key | join(', ') -%}
  delete from {{ target }} as DBT_INTERNAL_DEST
  where ({{ keys }}) in (select distinct {{ keys }} from {{ source }} as DBT_INTERNAL_SOURCE)
    {%- for predicate in incremental_predicates or [] %}
    and {{ predicate }}
    {%- endfor -%}
  ;
  {% endif %}
  insert into {{ target }} ({{ names }}) (select {{ names }} from {{ source }})
{%- endmacro %}

{% macro get_insert_overwrite_merge_sql(target, source, dest_columns, predicates, include_sql_header=false) -%}
  {{ adapter.dispatch('get_insert_overwrite_merge_sql', 'dbt')(target, source, dest_columns, predicates, include_sql_header) }}
{%- endmacro %}
{% macro default__get_insert_overwrite_merge_sql(target, source, dest_columns, predicates, include_sql_header) -%}
  {%- set names = get_quoted_csv(dest_columns | map(attribute='name')) -%}
  merge into {{ target }} as DBT_INTERNAL_DEST
  using {{ source }} as DBT_INTERNAL_SOURCE
  on FALSE
  when not matched by source {{ 'and ' ~ predicates | join(' and ') if predicates }} then delete
  when not matched then insert ({{ names }}) values ({{ names }})
{%- endmacro %}
