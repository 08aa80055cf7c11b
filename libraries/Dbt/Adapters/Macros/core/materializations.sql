{# View and table are built beside what is there, take its place by renaming, and what was there goes last. #}
{% macro _swap_in(existing, built, target, backup) %}
  {% if existing is not none %}
    {% set existing = load_cached_relation(existing) %}
    {% if existing is not none %}
      {% do drop_indexes_on_relation(existing) %}
      {{ adapter.rename_relation(existing, backup) }}
    {% endif %}
  {% endif %}
  {{ adapter.rename_relation(built, target) }}
{% endmacro %}

{% macro _clear_leftovers(names) %}
  {% for name in names %}{{ drop_relation_if_exists(load_cached_relation(name)) }}{% endfor %}
{% endmacro %}

{% materialization view, default %}
  {% set existing = load_cached_relation(this) %}
  {% set target_relation = this.incorporate(type='view') %}
  {% set built = make_intermediate_relation(target_relation) %}
  {% set backup = make_backup_relation(target_relation, 'view' if existing is none else existing.type) %}
  {{ run_hooks(pre_hooks, inside_transaction=false) }}
  {{ _clear_leftovers([built, backup]) }}
  {{ run_hooks(pre_hooks, inside_transaction=true) }}
  {% call statement('main') -%}{{ get_create_view_as_sql(built, sql) }}{%- endcall %}
  {{ _swap_in(existing, built, target_relation, backup) }}
  {% do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=true)) %}
  {% do persist_docs(target_relation, model) %}
  {{ run_hooks(post_hooks, inside_transaction=true) }}
  {{ adapter.commit() }}
  {{ drop_relation_if_exists(backup if existing is not none else none) }}
  {{ run_hooks(post_hooks, inside_transaction=false) }}
  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{% macro _build_table() %}
  {% set existing = load_cached_relation(this) %}
  {% set target_relation = this.incorporate(type='table') %}
  {% set built = make_intermediate_relation(target_relation) %}
  {% set backup = make_backup_relation(target_relation, 'table' if existing is none else existing.type) %}
  {{ _clear_leftovers([built, backup]) }}
  {{ run_hooks(pre_hooks, inside_transaction=false) }}
  {{ run_hooks(pre_hooks, inside_transaction=true) }}
  {% call statement('main') -%}{{ get_create_table_as_sql(false, built, sql) }}{%- endcall %}
  {{ _swap_in(existing, built, target_relation, backup) }}
  {% do create_indexes(target_relation) %}
  {% do _gather_statistics(target_relation) %}
  {{ run_hooks(post_hooks, inside_transaction=true) }}
  {% do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=true)) %}
  {% do persist_docs(target_relation, model) %}
  {{ adapter.commit() }}
  {{ drop_relation_if_exists(backup if existing is not none else none) }}
  {{ run_hooks(post_hooks, inside_transaction=false) }}
  {{ return({'relations': [target_relation]}) }}
{% endmacro %}

{% materialization table, default %}{{ return(_build_table()) }}{% endmaterialization %}

{% macro _build_incremental() %}
  {% set existing = load_cached_relation(this) %}
  {% set target_relation = this.incorporate(type='table') %}
  {% set built = make_intermediate_relation(target_relation) %}
  {% set backup = make_backup_relation(target_relation, 'table' if existing is none else existing.type) %}
  {% set full_refresh = should_full_refresh() or (existing is not none and existing.is_view) %}
  {% set on_schema_change = incremental_validate_on_schema_change(config.get('on_schema_change'), default='ignore') %}
  {% set scratch = make_temp_relation(target_relation) %}
  {{ _clear_leftovers([built, backup]) }}
  {{ run_hooks(pre_hooks, inside_transaction=false) }}
  {{ run_hooks(pre_hooks, inside_transaction=true) }}
  {% set swap = false %}
  {% if existing is none %}
    {% set build_sql = get_create_table_as_sql(false, target_relation, sql) %}
  {% elif full_refresh %}
    {% set build_sql = get_create_table_as_sql(false, built, sql) %}
    {% set swap = true %}
  {% else %}
    {% do run_query(get_create_table_as_sql(true, scratch, sql)) %}
    {% do adapter.expand_target_column_types(from_relation=scratch, to_relation=target_relation) %}
    {% set columns = process_schema_changes(on_schema_change, scratch, existing) or adapter.get_columns_in_relation(existing) %}
    {% set strategy = adapter.get_incremental_strategy_macro(context, config.get('incremental_strategy') or 'default') %}
    {% set build_sql = strategy({
        'target_relation': target_relation, 'temp_relation': scratch, 'unique_key': config.get('unique_key'), 'dest_columns': columns,
        'incremental_predicates': config.get('predicates', none) or config.get('incremental_predicates', none)}) %}
  {% endif %}
  {% call statement('main') -%}{{ build_sql }}{%- endcall %}
  {% if swap %}
    {% do drop_indexes_on_relation(existing) %}
    {% do adapter.rename_relation(existing, backup) %}
    {% do adapter.rename_relation(built, target_relation) %}
  {% elif existing is not none %}
    {% do _drop_scratch(scratch) %}
  {% endif %}
  {% do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing, full_refresh)) %}
  {% if existing is none or full_refresh %}{% do create_indexes(target_relation) %}{% endif %}
  {% do _gather_statistics(target_relation) %}
  {% do persist_docs(target_relation, model) %}
  {{ run_hooks(post_hooks, inside_transaction=true) }}
  {% do adapter.commit() %}
  {# On DuckDB dbt leaves the backup where it is until the next run. #}
  {% if swap and adapter.type() != 'duckdb' %}{% do adapter.drop_relation(backup) %}{% endif %}
  {{ run_hooks(post_hooks, inside_transaction=false) }}
  {{ return({'relations': [target_relation]}) }}
{% endmacro %}

{# For databases whose plans rest on statistics that they don't gather by themselves at once. #}
{% macro _gather_statistics(relation) %}{{ adapter.dispatch('gather_statistics', 'dbt')(relation) }}{% endmacro %}
{% macro default__gather_statistics(relation) %}{% endmacro %}

{% macro _drop_scratch(relation) %}{{ adapter.dispatch('drop_scratch', 'dbt')(relation) }}{% endmacro %}
{% macro default__drop_scratch(relation) %}{% endmacro %}

{% materialization incremental, default %}{{ return(_build_incremental()) }}{% endmaterialization %}

{% materialization seed, default %}
  {% set full_refresh = should_full_refresh() %}
  {% set old = adapter.get_relation(database=database, schema=schema, identifier=model['alias']) %}
  {% set table = load_agate_table() %}
  {% do store_result('agate_table', response='OK', agate_table=table) %}
  {{ run_hooks(pre_hooks, inside_transaction=false) }}
  {{ run_hooks(pre_hooks, inside_transaction=true) }}
  {% if old is not none and old.is_view %}
    {{ exceptions.raise_compiler_error("Cannot seed to '" ~ old.render() ~ "', it is a view") }}
  {% elif old is not none %}
    {% set ddl = reset_csv_table(model, full_refresh, old, table) %}
  {% else %}
    {% set ddl = create_csv_table(model, table) %}
  {% endif %}
  {% set rows = table.rows | length %}
  {% set dml = load_csv_rows(model, table) if rows > 0 else '' %}
  {% set verb = 'CREATE' if full_refresh else 'INSERT' %}
  {% call noop_statement('main', verb ~ ' ' ~ rows, verb, rows) -%}{{ get_csv_sql(ddl, dml) }}{%- endcall %}
  {% set target_relation = this.incorporate(type='table') %}
  {% do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(old, full_refresh)) %}
  {% do persist_docs(target_relation, model) %}
  {% if full_refresh or old is none %}{% do create_indexes(target_relation) %}{% endif %}
  {{ run_hooks(post_hooks, inside_transaction=true) }}
  {{ adapter.commit() }}
  {{ run_hooks(post_hooks, inside_transaction=false) }}
  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{% macro create_csv_table(model, agate_table) -%}{{ adapter.dispatch('create_csv_table', 'dbt')(model, agate_table) }}{%- endmacro %}
{% macro default__create_csv_table(model, agate_table) %}
  {%- set given = model['config'].get('column_types') or {} -%}
  {%- set quote = model['config'].get('quote_columns', none) -%}
  {%- set columns = [] -%}
  {%- for name in agate_table.column_names -%}
    {%- do columns.append(adapter.quote_seed_column(name, quote) ~ ' ' ~ given.get(name, adapter.convert_type(agate_table, loop.index0))) -%}
  {%- endfor -%}
  {% set ddl %}create table {{ this.render() }} ({{ columns | join(', ') }}){% endset %}
  {% call statement('_') -%}{{ ddl }}{%- endcall %}
  {{ return(ddl) }}
{% endmacro %}

{% macro reset_csv_table(model, full_refresh, old_relation, agate_table) -%}{{ adapter.dispatch('reset_csv_table', 'dbt')(model, full_refresh, old_relation, agate_table) }}{%- endmacro %}
{% macro default__reset_csv_table(model, full_refresh, old_relation, agate_table) %}
  {% if full_refresh %}
    {{ adapter.drop_relation(old_relation) }}
    {{ return(create_csv_table(model, agate_table)) }}
  {% endif %}
  {{ adapter.truncate_relation(old_relation) }}
  {{ return('truncate table ' ~ old_relation.render()) }}
{% endmacro %}

{% macro get_csv_sql(create_or_truncate_sql, insert_sql) %}{{ adapter.dispatch('get_csv_sql', 'dbt')(create_or_truncate_sql, insert_sql) }}{% endmacro %}
{% macro default__get_csv_sql(create_or_truncate_sql, insert_sql) %}
  {{ create_or_truncate_sql }};
  -- dbt seed --
  {{ insert_sql }}
{% endmacro %}

{% macro get_binding_char() -%}{{ adapter.dispatch('get_binding_char', 'dbt')() }}{%- endmacro %}
{% macro default__get_binding_char() %}{{ return('%s') }}{% endmacro %}
{% macro get_batch_size() -%}{{ return(adapter.dispatch('get_batch_size', 'dbt')()) }}{%- endmacro %}
{% macro default__get_batch_size() %}{{ return(10000) }}{% endmacro %}

{% macro get_seed_column_quoted_csv(model, column_names) %}
  {%- set quote = model['config'].get('quote_columns', none) -%}
  {%- set quoted = [] -%}
  {%- for name in column_names -%}{%- do quoted.append(adapter.quote_seed_column(name, quote)) -%}{%- endfor -%}
  {{ return(quoted | join(', ')) }}
{% endmacro %}

{% macro load_csv_rows(model, agate_table) -%}{{ adapter.dispatch('load_csv_rows', 'dbt')(model, agate_table) }}{%- endmacro %}
{% macro default__load_csv_rows(model, agate_table) %}
  {% set into = 'insert into ' ~ this.render() ~ ' (' ~ get_seed_column_quoted_csv(model, agate_table.column_names) ~ ') values ' %}
  {{ return(adapter.load_seed_rows(into, model, agate_table, get_batch_size())) }}
{% endmacro %}

{% materialization clone, default %}
  {%- set relations = {'relations': []} -%}
  {%- if not defer_relation -%}
    {{ log('No relation found in state manifest for ' ~ model.unique_id, info=true) }}
    {{ return(relations) }}
  {%- endif -%}
  {%- set existing = load_cached_relation(this) -%}
  {%- if existing and not flags.FULL_REFRESH -%}
    {{ log('Relation ' ~ existing ~ ' already exists', info=true) }}
    {{ return(relations) }}
  {%- endif -%}
  {%- set other = load_cached_relation(defer_relation) -%}
  {%- if other and other.type == 'table' and can_clone_table() -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {% if existing is not none and not existing.is_table %}{{ drop_relation_if_exists(existing) }}{% endif %}
    {% call statement('main') %}{{ create_or_replace_clone(target_relation, defer_relation) }}{% endcall %}
    {% do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=true)) %}
    {% do persist_docs(target_relation, model) %}
    {{ return({'relations': [target_relation]}) }}
  {%- endif -%}
  {% set builder = context['materialization_view_' ~ adapter.type()] if 'materialization_view_' ~ adapter.type() in context else context['materialization_view_default'] %}
  {{ return(builder()) }}
{%- endmaterialization %}

{% macro can_clone_table() %}{{ return(adapter.dispatch('can_clone_table', 'dbt')()) }}{% endmacro %}
{% macro default__can_clone_table() %}{{ return(false) }}{% endmacro %}
{% macro create_or_replace_clone(this_relation, defer_relation) %}{{ return(adapter.dispatch('create_or_replace_clone', 'dbt')(this_relation, defer_relation)) }}{% endmacro %}
{% macro default__create_or_replace_clone(this_relation, defer_relation) %}create or replace table {{ this_relation.render() }} clone {{ defer_relation.render() }}{% endmacro %}
