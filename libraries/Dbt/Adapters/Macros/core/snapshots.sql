{% macro get_snapshot_table_column_names() %}
  {{ return({'dbt_valid_to': 'dbt_valid_to', 'dbt_valid_from': 'dbt_valid_from', 'dbt_scd_id': 'dbt_scd_id', 'dbt_updated_at': 'dbt_updated_at', 'dbt_is_deleted': 'dbt_is_deleted'}) }}
{% endmacro %}
{% macro _snapshot_names() %}{{ return(config.get('snapshot_table_column_names') or get_snapshot_table_column_names()) }}{% endmacro %}

{% macro strategy_dispatch(name) -%}
  {% set searched = context %}
  {% set short = name %}
  {% if '.' in name %}
    {% set package, short = name.split('.', 1) %}
    {% if package not in context %}{{ exceptions.raise_compiler_error("Could not find package '" ~ package ~ "', called with '" ~ name ~ "'") }}{% endif %}
    {% set searched = context[package] %}
  {% endif %}
  {% set found = 'snapshot_' ~ short ~ '_strategy' %}
  {% if found not in searched %}{{ exceptions.raise_compiler_error("The specified strategy macro '" ~ short ~ "' was not found") }}{% endif %}
  {{ return(searched[found]) }}
{%- endmacro %}

{% macro snapshot_hash_arguments(args) -%}{{ adapter.dispatch('snapshot_hash_arguments', 'dbt')(args) }}{%- endmacro %}
{% macro default__snapshot_hash_arguments(args) -%}
  {%- set parts = [] -%}
  {%- for arg in args -%}{%- do parts.append("coalesce(cast(" ~ arg ~ " as varchar), '')") -%}{%- endfor -%}
  md5({{ parts | join(" || '|' || ") }})
{%- endmacro %}

{% macro snapshot_timestamp_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) %}
  {% set key, updated_at = config.get('unique_key'), config.get('updated_at') %}
  {% set hard_deletes = adapter.get_hard_deletes_behavior(config) %}
  {% do return({
      'unique_key': key, 'updated_at': updated_at,
      'row_changed': '(' ~ snapshotted_rel ~ '.' ~ _snapshot_names().dbt_valid_from ~ ' < ' ~ current_rel ~ '.' ~ updated_at ~ ')',
      'scd_id': snapshot_hash_arguments(api.Relation.scd_args(key, updated_at)),
      'invalidate_hard_deletes': hard_deletes == 'invalidate', 'hard_deletes': hard_deletes}) %}
{% endmacro %}

{% macro snapshot_string_as_time(timestamp) -%}{{ adapter.dispatch('snapshot_string_as_time', 'dbt')(timestamp) }}{%- endmacro %}
{% macro default__snapshot_string_as_time(timestamp) %}{% do exceptions.raise_not_implemented('snapshot_string_as_time macro not implemented for adapter ' ~ adapter.type()) %}{% endmacro %}

{# Whether the query has a compared column that the table has not, and the compared columns that both have. #}
{% macro snapshot_check_all_get_existing_columns(node, target_exists, check_cols_config) -%}
  {%- if not target_exists -%}{{ return((false, [])) }}{%- endif -%}
  {%- if check_cols_config == 'all' -%}
    {%- set asked = get_columns_in_query(node['compiled_code']) -%}
  {%- elif check_cols_config is not string and check_cols_config is iterable and check_cols_config | length > 0 -%}
    {%- set asked = get_columns_in_query('select ' ~ check_cols_config | join(', ') ~ ' from (\n' ~ node['compiled_code'] ~ '\n) subq') -%}
  {%- else -%}
    {% do exceptions.raise_compiler_error("Invalid value for 'check_cols': " ~ check_cols_config) %}
  {%- endif -%}
  {%- set target = adapter.get_relation(database=node.database, schema=node.schema, identifier=node.alias) -%}
  {%- set there = adapter.get_columns_in_relation(target) | map(attribute='name') | list -%}
  {%- set both = [] -%}
  {%- for name in asked if name in there -%}{%- do both.append(adapter.quote(name)) -%}{%- endfor -%}
  {{ return((both | length < asked | length, both)) }}
{%- endmacro %}

{% macro snapshot_check_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) %}
  {% set key = config.get('unique_key') %}
  {% set updated_at = config.get('updated_at') or snapshot_get_time() %}
  {% set hard_deletes = adapter.get_hard_deletes_behavior(config) %}
  {% set added, compared = snapshot_check_all_get_existing_columns(node, target_exists, config.get('check_cols')) %}
  {% set differences = [] %}
  {% for name in compared %}
    {% set old, new = snapshotted_rel ~ '.' ~ name, current_rel ~ '.' ~ name %}
    {% do differences.append(old ~ ' != ' ~ new ~ ' or ((' ~ old ~ ' is null) and not (' ~ new ~ ' is null)) or ((not ' ~ old ~ ' is null) and (' ~ new ~ ' is null))') %}
  {% endfor %}
  {% do return({
      'unique_key': key, 'updated_at': updated_at,
      'row_changed': '(' ~ (get_true_sql() if added else differences | join(' or ') or 'false') ~ ')',
      'scd_id': snapshot_hash_arguments(api.Relation.scd_args(key, updated_at)),
      'invalidate_hard_deletes': hard_deletes == 'invalidate', 'hard_deletes': hard_deletes}) %}
{% endmacro %}

{% macro get_true_sql() %}{{ adapter.dispatch('get_true_sql', 'dbt')() }}{% endmacro %}
{% macro default__get_true_sql() %}{{ return('TRUE') }}{% endmacro %}

{# Keys: one expression or several columns #}
{% macro unique_key_fields(unique_key) %}
  {%- if unique_key is string -%}{{ unique_key }} as dbt_unique_key
  {%- else -%}{% for key in unique_key %}{{ key }} as dbt_unique_key_{{ loop.index }}{{ ', ' if not loop.last }}{% endfor %}
  {%- endif -%}
{% endmacro %}
{% macro unique_key_join_on(unique_key, identifier, from_identifier) %}
  {%- if unique_key is string -%}{{ identifier }}.dbt_unique_key = {{ from_identifier }}.dbt_unique_key
  {%- else -%}{% for key in unique_key %}{{ equals(identifier ~ '.dbt_unique_key_' ~ loop.index, from_identifier ~ '.dbt_unique_key_' ~ loop.index) | trim }}{{ ' and ' if not loop.last }}{% endfor %}
  {%- endif -%}
{% endmacro %}
{% macro unique_key_is_null(unique_key, identifier) %}{{ identifier }}.dbt_unique_key{{ '' if unique_key is string else '_1' }} is null{% endmacro %}
{% macro unique_key_is_not_null(unique_key, identifier) %}{{ identifier }}.dbt_unique_key{{ '' if unique_key is string else '_1' }} is not null{% endmacro %}

{% macro get_dbt_valid_to_current(strategy, columns) %}
  coalesce(nullif({{ strategy.updated_at }}, {{ strategy.updated_at }}), {{ config.get('dbt_valid_to_current') or 'null' }}) as {{ columns.dbt_valid_to }}
{% endmacro %}

{% macro _is_current(strategy, columns, relation) %}
  {%- set column = (relation ~ '.' if relation) ~ columns.dbt_valid_to -%}
  {%- set current = config.get('dbt_valid_to_current') -%}
  {{ return('(' ~ (equals(column, current | trim) | trim) ~ ' or ' ~ column ~ ' is null)' if current else column ~ ' is null') }}
{% endmacro %}

{# The first time: every row of the query is current. #}
{% macro build_snapshot_table(strategy, sql) -%}{{ adapter.dispatch('build_snapshot_table', 'dbt')(strategy, sql) }}{%- endmacro %}
{% macro default__build_snapshot_table(strategy, sql) %}
  {% set columns = _snapshot_names() %}
  select *,
    {{ strategy.scd_id }} as {{ columns.dbt_scd_id }},
    {{ strategy.updated_at }} as {{ columns.dbt_updated_at }},
    {{ strategy.updated_at }} as {{ columns.dbt_valid_from }},
    {{ get_dbt_valid_to_current(strategy, columns) }}
    {{ ", 'False' as " ~ columns.dbt_is_deleted if strategy.hard_deletes == 'new_record' }}
  from (
    {{ sql }}
  ) sbq
{% endmacro %}

{# Later: what is new or changed is inserted, what it replaces is closed, and what has gone is closed or recorded. #}
{% macro snapshot_staging_table(strategy, source_sql, target_relation) -%}{{ adapter.dispatch('snapshot_staging_table', 'dbt')(strategy, source_sql, target_relation) }}{%- endmacro %}
{% macro default__snapshot_staging_table(strategy, source_sql, target_relation) -%}
  {%- set columns = _snapshot_names() -%}
  {%- set records = strategy.hard_deletes == 'new_record' -%}
  {%- set sees_deletes = records or strategy.hard_deletes == 'invalidate' -%}
  {%- set keys = unique_key_fields(strategy.unique_key) -%}
  {%- set same_key = unique_key_join_on(strategy.unique_key, 'snapshotted_data', 'source_data') -%}
  {%- set was_deleted = 'snapshotted_data.' ~ columns.dbt_is_deleted ~ " = 'True'" -%}
  {%- set changed = '(' ~ strategy.row_changed ~ (' or ' ~ was_deleted if records else '') ~ ')' -%}
  {%- set current = config.get('dbt_valid_to_current') -%}
  {%- set open = 'snapshotted_data.' ~ columns.dbt_valid_to ~ (' = ' ~ current if current else ' is null') -%}
  with snapshot_query as (
    {{ source_sql }}
  ),
  snapshotted_data as (
    select *, {{ keys }} from {{ target_relation }} where {{ _is_current(strategy, columns) }}
  ),
  insertions_source_data as (
    select *, {{ keys }},
      {{ strategy.updated_at }} as {{ columns.dbt_updated_at }},
      {{ strategy.updated_at }} as {{ columns.dbt_valid_from }},
      {{ get_dbt_valid_to_current(strategy, columns) }},
      {{ strategy.scd_id }} as {{ columns.dbt_scd_id }}
    from snapshot_query
  ),
  updates_source_data as (
    select *, {{ keys }},
      {{ strategy.updated_at }} as {{ columns.dbt_updated_at }},
      {{ strategy.updated_at }} as {{ columns.dbt_valid_from }},
      {{ strategy.updated_at }} as {{ columns.dbt_valid_to }}
    from snapshot_query
  ),
  {%- if sees_deletes %}
  deletes_source_data as (select *, {{ keys }} from snapshot_query),
  {%- endif %}
  insertions as (
    select 'insert' as dbt_change_type, source_data.*{{ ", 'False' as " ~ columns.dbt_is_deleted if records }}
    from insertions_source_data as source_data
    left outer join snapshotted_data on {{ same_key }}
    where {{ unique_key_is_null(strategy.unique_key, 'snapshotted_data') }}
      or ({{ unique_key_is_not_null(strategy.unique_key, 'snapshotted_data') }} and {{ changed }})
  ),
  updates as (
    select 'update' as dbt_change_type, source_data.*, snapshotted_data.{{ columns.dbt_scd_id }}{{ ', snapshotted_data.' ~ columns.dbt_is_deleted if records }}
    from updates_source_data as source_data
    join snapshotted_data on {{ same_key }}
    where {{ changed }}
  )
  {%- if sees_deletes %},
  deletes as (
    select 'delete' as dbt_change_type, source_data.*,
      {{ snapshot_get_time() }} as {{ columns.dbt_valid_from }},
      {{ snapshot_get_time() }} as {{ columns.dbt_updated_at }},
      {{ snapshot_get_time() }} as {{ columns.dbt_valid_to }},
      snapshotted_data.{{ columns.dbt_scd_id }}{{ ', snapshotted_data.' ~ columns.dbt_is_deleted if records }}
    from snapshotted_data
    left join deletes_source_data as source_data on {{ same_key }}
    where {{ unique_key_is_null(strategy.unique_key, 'source_data') }}
      {{ 'and not (' ~ was_deleted ~ ' and ' ~ open ~ ')' if records }}
  )
  {%- endif %}
  {%- if records %},
  deletion_records as (
    {%- set there = adapter.get_columns_in_relation(target_relation) | map(attribute='name') | list %}
    select 'insert' as dbt_change_type,
      {%- for name in get_columns_in_query(source_sql) %}
      {{ 'snapshotted_data' if name in there else 'source_data' }}.{{ adapter.quote(name) }},
      {%- endfor %}
      {%- if strategy.unique_key is string %}
      snapshotted_data.dbt_unique_key as dbt_unique_key,
      {%- else %}{% for key in strategy.unique_key %}
      snapshotted_data.{{ key }} as dbt_unique_key_{{ loop.index }},
      {%- endfor %}{% endif %}
      {{ snapshot_get_time() }} as {{ columns.dbt_valid_from }},
      {{ snapshot_get_time() }} as {{ columns.dbt_updated_at }},
      snapshotted_data.{{ columns.dbt_valid_to }} as {{ columns.dbt_valid_to }},
      {{ snapshot_hash_arguments([columns.dbt_scd_id, snapshot_get_time()]) }} as {{ columns.dbt_scd_id }},
      'True' as {{ columns.dbt_is_deleted }}
    from snapshotted_data
    left join deletes_source_data as source_data on {{ same_key }}
    where {{ unique_key_is_null(strategy.unique_key, 'source_data') }} and not ({{ was_deleted }} and {{ open }})
  )
  {%- endif %}
  select * from insertions
  union all
  select * from updates
  {%- if sees_deletes %}
  union all
  select * from deletes
  {%- endif %}
  {%- if records %}
  union all
  select * from deletion_records
  {%- endif %}
{%- endmacro %}

{% macro build_snapshot_staging_table(strategy, sql, target_relation) %}
  {% set scratch = make_temp_relation(target_relation) %}
  {% set query = snapshot_staging_table(strategy, sql, target_relation) %}
  {% call statement('build_snapshot_staging_relation') %}{{ create_table_as(true, scratch, query) }}{% endcall %}
  {% do return(scratch) %}
{% endmacro %}

{% macro snapshot_merge_sql(target, source, insert_cols) -%}{{ adapter.dispatch('snapshot_merge_sql', 'dbt')(target, source, insert_cols) }}{%- endmacro %}
{% macro default__snapshot_merge_sql(target, source, insert_cols) -%}
  {%- set columns = _snapshot_names() -%}
  {%- set names = insert_cols | join(', ') -%}
  merge into {{ target.render() }} as DBT_INTERNAL_DEST
  using {{ source }} as DBT_INTERNAL_SOURCE
  on DBT_INTERNAL_SOURCE.{{ columns.dbt_scd_id }} = DBT_INTERNAL_DEST.{{ columns.dbt_scd_id }}
  when matched and {{ _is_current(none, columns, 'DBT_INTERNAL_DEST') }} and DBT_INTERNAL_SOURCE.dbt_change_type in ('update', 'delete')
    then update set {{ columns.dbt_valid_to }} = DBT_INTERNAL_SOURCE.{{ columns.dbt_valid_to }}
  when not matched and DBT_INTERNAL_SOURCE.dbt_change_type = 'insert'
    then insert ({{ names }}) values ({{ names }})
{%- endmacro %}

{# For databases where an update and an insert are better than a merge. #}
{% macro _snapshot_update_insert(target, source, insert_cols) -%}
  {%- set columns = _snapshot_names() -%}
  {%- set names = insert_cols | join(', ') -%}
  update {{ target }} as DBT_INTERNAL_TARGET
  set {{ columns.dbt_valid_to }} = DBT_INTERNAL_SOURCE.{{ columns.dbt_valid_to }}
  from {{ source }} as DBT_INTERNAL_SOURCE
  where cast(DBT_INTERNAL_SOURCE.{{ columns.dbt_scd_id }} as text) = cast(DBT_INTERNAL_TARGET.{{ columns.dbt_scd_id }} as text)
    and DBT_INTERNAL_SOURCE.dbt_change_type in ('update', 'delete')
    and {{ _is_current(none, columns, 'DBT_INTERNAL_TARGET') }};
  insert into {{ target }} ({{ names }})
  select {{ names }} from {{ source }} as DBT_INTERNAL_SOURCE where DBT_INTERNAL_SOURCE.dbt_change_type = 'insert';
{%- endmacro %}

{% macro post_snapshot(staging_relation) %}{{ adapter.dispatch('post_snapshot', 'dbt')(staging_relation) }}{% endmacro %}
{% macro default__post_snapshot(staging_relation) %}{% endmacro %}

{# Times of two kinds are compared with surprises: with and without a zone, or days. #}
{% macro get_updated_at_column_data_type(snapshot_sql) %}
  {% for column in get_column_schema_from_query(snapshot_sql) if column.column in ['dbt_updated_at', 'DBT_UPDATED_AT'] %}{{ return(column.dtype or none) }}{% endfor %}
  {{ return(none) }}
{% endmacro %}
{% macro check_time_data_types(sql) %}
  {% set derived, clock = get_updated_at_column_data_type(sql), get_snapshot_get_time_data_type() %}
  {% if derived is not none and clock is not none and derived != clock %}{% do exceptions.warn_snapshot_timestamp_data_types(clock, derived) %}{% endif %}
{% endmacro %}

{% materialization snapshot, default %}
  {% set exists, target_relation = get_or_create_relation(database=model.database, schema=model.schema, identifier=model.get('alias', model.get('name')), type='table') %}
  {%- if not target_relation.is_table -%}{% do exceptions.relation_wrong_type(target_relation, 'table') %}{%- endif -%}
  {{ run_hooks(pre_hooks, inside_transaction=false) }}
  {{ run_hooks(pre_hooks, inside_transaction=true) }}
  {% set strategy = strategy_dispatch(config.get('strategy'))(model, 'snapshotted_data', 'source_data', model['config'], exists) %}
  {% set scratch = none %}
  {% if not exists %}
    {% set build_sql = build_snapshot_table(strategy, model['compiled_code']) %}
    {% do check_time_data_types(build_sql) %}
    {% set final_sql = create_table_as(false, target_relation, build_sql) %}
  {% else %}
    {{ adapter.assert_valid_snapshot_target_given_strategy(target_relation, _snapshot_names(), strategy) }}
    {% set scratch = build_snapshot_staging_table(strategy, sql, target_relation) %}
    {% do adapter.expand_target_column_types(from_relation=scratch, to_relation=target_relation) %}
    {% set helpers = ['dbt_change_type', 'DBT_CHANGE_TYPE', 'dbt_unique_key', 'DBT_UNIQUE_KEY'] %}
    {% if strategy.unique_key is not string %}
      {% for key in strategy.unique_key %}{% do helpers.extend(['dbt_unique_key_' ~ loop.index, 'DBT_UNIQUE_KEY_' ~ loop.index]) %}{% endfor %}
    {% endif %}
    {% do create_columns(target_relation, adapter.get_missing_columns(scratch, target_relation) | rejectattr('name', 'in', helpers) | list) %}
    {% set names = [] %}
    {% for column in adapter.get_columns_in_relation(scratch) if column.name not in helpers %}{% do names.append(adapter.quote(column.name)) %}{% endfor %}
    {% do check_time_data_types('select * from ' ~ scratch) %}
    {% set final_sql = snapshot_merge_sql(target=target_relation, source=scratch, insert_cols=names) %}
  {% endif %}
  {% call statement('main') %}{{ final_sql }}{% endcall %}
  {% do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(exists, full_refresh_mode=false)) %}
  {% do persist_docs(target_relation, model) %}
  {% if not exists %}{% do create_indexes(target_relation) %}{% endif %}
  {{ run_hooks(post_hooks, inside_transaction=true) }}
  {{ adapter.commit() }}
  {% if scratch is not none %}{% do post_snapshot(scratch) %}{% endif %}
  {{ run_hooks(post_hooks, inside_transaction=false) }}
  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
