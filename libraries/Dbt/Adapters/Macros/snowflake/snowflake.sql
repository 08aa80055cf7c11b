{# Snowflake (https://docs.snowflake.com/en/sql-reference). "create or replace" takes the place of what is there in one step, so nothing is renamed. #}
{% macro snowflake__list_schemas(database) -%}
  {{ return(run_query('select schema_name from ' ~ database ~ '.information_schema.schemata')) }}
{%- endmacro %}
{% macro snowflake__check_schema_exists(information_schema, schema) -%}
  {{ return(run_query("select count(*) from " ~ information_schema.database ~ ".information_schema.schemata where upper(schema_name) = upper('" ~ schema ~ "')")) }}
{%- endmacro %}
{% macro snowflake__list_relations_without_caching(schema_relation) %}
  {% call statement('list_relations_without_caching', fetch_result=true) -%}
    select table_catalog as database, table_name as name, table_schema as schema,
      case table_type when 'VIEW' then 'view' when 'MATERIALIZED VIEW' then 'materialized_view' else 'table' end as type
    from {{ schema_relation.database }}.information_schema.tables
    where upper(table_schema) = upper('{{ schema_relation.schema }}')
  {%- endcall %}
  {{ return(load_result('list_relations_without_caching').table) }}
{% endmacro %}
{% macro snowflake__get_columns_in_relation(relation) -%}
  {{ return(adapter.get_columns_in_relation(relation)) }}
{%- endmacro %}

{% macro snowflake__rename_relation(from_relation, to_relation) -%}
  {% call statement('rename_relation') -%}alter {{ 'view' if from_relation.is_view else 'table' }} {{ from_relation }} rename to {{ to_relation }}{%- endcall %}
{%- endmacro %}
{% macro snowflake__make_temp_relation(base_relation, suffix) %}
  {% do return(base_relation.incorporate(path={'identifier': base_relation.identifier ~ suffix})) %}
{% endmacro %}
{% macro snowflake__drop_scratch(relation) %}
  {% call statement('drop_scratch') -%}drop table if exists {{ relation }}{%- endcall %}
{% endmacro %}

{# Tables without Time Travel's fail-safe unless the model says otherwise: they can be built again. #}
{% macro snowflake__create_table_as(temporary, relation, compiled_code) -%}
  {%- set contract = config.get('contract') -%}
  {%- set header = config.get('sql_header', none) -%}
  {%- set keys = config.get('cluster_by', none) -%}
  {%- set keys = keys if keys is string or keys is none else keys | join(', ') -%}
  {%- if contract.enforced and not temporary -%}{{ get_assert_columns_equivalent(compiled_code) }}{%- endif -%}
  {{ header if header is not none }}
  create or replace {{ 'temporary ' if temporary else 'transient ' if config.get('transient', default=true) }}table {{ relation }}
  {%- if contract.enforced and not temporary %}
  {{ get_table_columns_and_constraints() }}
  {%- set compiled_code = get_select_subquery(compiled_code) %}
  {%- endif %}
  {{- ' cluster by (' ~ keys ~ ')' if keys and not temporary }}
  {{- ' copy grants' if config.get('copy_grants', default=false) and not temporary }}
  as (
    {{ compiled_code }}
    {{ 'order by ' ~ keys if keys and not temporary }}
  )
{%- endmacro %}
{% macro snowflake__create_view_as(relation, sql) -%}
  {%- if config.get('contract').enforced -%}{{ get_assert_columns_equivalent(sql) }}{%- endif -%}
  {%- set header = config.get('sql_header', none) -%}
  {{ header if header is not none }}
  create or replace {{ 'secure ' if config.get('secure', default=false) }}view {{ relation }}
  {{- ' copy grants' if config.get('copy_grants', default=false) }}
  as (
    {{ sql }}
  )
{%- endmacro %}

{# What is of another kind cannot be replaced, and goes first. #}
{% macro _snowflake_replace(kind, build_sql) %}
  {% set existing = load_cached_relation(this) %}
  {% set target_relation = this.incorporate(type=kind) %}
  {{ run_hooks(pre_hooks) }}
  {% if existing is not none and existing.type != kind %}{{ drop_relation_if_exists(existing) }}{% endif %}
  {% call statement('main') -%}{{ build_sql }}{%- endcall %}
  {{ run_hooks(post_hooks) }}
  {% do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=true)) %}
  {% do persist_docs(target_relation, model) %}
  {{ return({'relations': [target_relation]}) }}
{% endmacro %}
{% materialization table, adapter='snowflake' %}
  {{ return(_snowflake_replace('table', get_create_table_as_sql(false, this.incorporate(type='table'), sql))) }}
{% endmaterialization %}
{% materialization view, adapter='snowflake' %}
  {{ return(_snowflake_replace('view', get_create_view_as_sql(this.incorporate(type='view'), sql))) }}
{% endmaterialization %}

{% materialization incremental, adapter='snowflake' %}
  {% set existing = load_cached_relation(this) %}
  {% if existing is none or existing.is_view or should_full_refresh() %}
    {{ return(_snowflake_replace('table', get_create_table_as_sql(false, this.incorporate(type='table'), sql))) }}
  {% endif %}
  {% set target_relation = this.incorporate(type='table') %}
  {% set scratch = make_temp_relation(target_relation) %}
  {% set on_schema_change = incremental_validate_on_schema_change(config.get('on_schema_change'), default='ignore') %}
  {{ run_hooks(pre_hooks) }}
  {% do run_query(get_create_table_as_sql(true, scratch, sql)) %}
  {% do adapter.expand_target_column_types(from_relation=scratch, to_relation=target_relation) %}
  {% set columns = process_schema_changes(on_schema_change, scratch, existing) or adapter.get_columns_in_relation(existing) %}
  {% set strategy = adapter.get_incremental_strategy_macro(context, config.get('incremental_strategy') or 'default') %}
  {% set build_sql = strategy({
      'target_relation': target_relation, 'temp_relation': scratch, 'unique_key': config.get('unique_key'), 'dest_columns': columns,
      'incremental_predicates': config.get('predicates', none) or config.get('incremental_predicates', none)}) %}
  {% call statement('main') -%}{{ build_sql }}{%- endcall %}
  {% do _drop_scratch(scratch) %}
  {{ run_hooks(post_hooks) }}
  {% do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=false)) %}
  {% do persist_docs(target_relation, model) %}
  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{% macro snowflake__get_incremental_default_sql(arg_dict) %}{% do return(get_incremental_merge_sql(arg_dict)) %}{% endmacro %}
{# A session commits every statement by itself: what belongs together says so. #}
{% macro _snowflake_transaction(dml) %}{{ return('begin;\n' ~ dml ~ ';\ncommit') }}{% endmacro %}
{% macro snowflake__get_incremental_append_sql(arg_dict) %}
  {{ return(get_insert_into_sql(arg_dict['target_relation'], arg_dict['temp_relation'], arg_dict['dest_columns'])) }}
{% endmacro %}
{% macro snowflake__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
  {%- if unique_key -%}{{ default__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) }}
  {%- else -%}{{ get_insert_into_sql(target, source, dest_columns) }}
  {%- endif -%}
{%- endmacro %}
{% macro snowflake__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
  {%- set names = get_quoted_csv(dest_columns | map(attribute='name')) -%}
  {%- set conditions = [] -%}
  {%- for key in ([unique_key] if unique_key is string else unique_key or []) -%}
    {%- do conditions.append('DBT_INTERNAL_SOURCE.' ~ key ~ ' = DBT_INTERNAL_DEST.' ~ key) -%}
  {%- endfor -%}
  {%- do conditions.extend(incremental_predicates or []) -%}
  {%- set insert = 'insert into ' ~ target ~ ' (' ~ names ~ ') (select ' ~ names ~ ' from ' ~ source ~ ')' -%}
  {%- if unique_key -%}
  {{ _snowflake_transaction('delete from ' ~ target ~ ' as DBT_INTERNAL_DEST using ' ~ source ~ ' as DBT_INTERNAL_SOURCE where ' ~ conditions | join(' and ') ~ ';\n' ~ insert) }}
  {%- else -%}{{ insert }}
  {%- endif -%}
{%- endmacro %}
{% macro snowflake__get_incremental_microbatch_sql(arg_dict) %}
  {{ return(_snowflake_transaction(default__get_incremental_microbatch_sql(arg_dict) | trim | trim(';'))) }}
{% endmacro %}
{% macro snowflake__get_incremental_insert_overwrite_sql(arg_dict) %}
  {%- set names = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
  {{ return('insert overwrite into ' ~ arg_dict['target_relation'] ~ ' (' ~ names ~ ') select ' ~ names ~ ' from ' ~ arg_dict['temp_relation']) }}
{% endmacro %}

{% macro snowflake__post_snapshot(staging_relation) %}{{ _drop_scratch(staging_relation) }}{% endmacro %}
{% macro snowflake__current_timestamp() -%}convert_timezone('UTC', current_timestamp()){%- endmacro %}
{% macro snowflake__snapshot_get_time() -%}to_timestamp_ntz({{ current_timestamp() }}){%- endmacro %}
{% macro snowflake__snapshot_string_as_time(timestamp) -%}{{ return("to_timestamp_ntz('" ~ timestamp ~ "')") }}{%- endmacro %}
{% macro snowflake__current_timestamp_backcompat() %}current_timestamp::timestamp{% endmacro %}
{% macro snowflake__current_timestamp_in_utc_backcompat() %}convert_timezone('UTC', current_timestamp)::timestamp{% endmacro %}

{% macro snowflake__alter_column_type(relation, column_name, new_column_type) -%}
  {% call statement('alter_column_type') %}alter table {{ relation }} alter {{ adapter.quote(column_name) }} set data type {{ new_column_type }}{% endcall %}
{%- endmacro %}
{% macro snowflake__alter_relation_add_remove_columns(relation, add_columns, remove_columns) %}
  {% set added, removed = [], [] %}
  {% for column in add_columns or [] %}{% do added.append(column.quoted ~ ' ' ~ column.expanded_data_type) %}{% endfor %}
  {% for column in remove_columns or [] %}{% do removed.append(column.quoted) %}{% endfor %}
  {% if added %}{% do run_query('alter table ' ~ relation ~ ' add column ' ~ added | join(', ')) %}{% endif %}
  {% if removed %}{% do run_query('alter table ' ~ relation ~ ' drop column ' ~ removed | join(', ')) %}{% endif %}
{% endmacro %}
{% macro snowflake__can_clone_table() %}{{ return(true) }}{% endmacro %}
{% macro snowflake__alter_relation_comment(relation, comment) %}comment on {{ relation.type }} {{ relation }} is $${{ comment | replace('$', '[$]') }}$${% endmacro %}
{% macro snowflake__alter_column_comment(relation, column_dict) %}
  {%- set changes = [] -%}
  {%- for name in column_dict -%}{%- do changes.append((adapter.quote(name) if column_dict[name]['quote'] else name) ~ ' comment $$' ~ column_dict[name]['description'] | replace('$', '[$]') ~ '$$') -%}{%- endfor -%}
  alter {{ relation.type }} {{ relation }} alter {{ changes | join(', ') }}
{% endmacro %}
{% macro snowflake__support_multiple_grantees_per_dcl_statement() -%}{{ return(false) }}{%- endmacro %}
{% macro snowflake__copy_grants() %}{{ return(config.get('copy_grants', default=false)) }}{% endmacro %}
{% macro snowflake__get_grant_sql(relation, privilege, grantees) -%}grant {{ privilege }} on {{ relation }} to role {{ grantees | join(', ') }}{%- endmacro %}
{% macro snowflake__get_revoke_sql(relation, privilege, grantees) -%}revoke {{ privilege }} on {{ relation }} from role {{ grantees | join(', ') }}{%- endmacro %}

{% macro snowflake__get_catalog(information_schema, schemas) -%}
  {% set query %}
    select t.table_catalog as table_database, t.table_schema, t.table_name, t.table_type, t.comment as table_comment,
      c.column_name, c.ordinal_position as column_index, c.data_type as column_type, c.comment as column_comment, t.table_owner
    from {{ information_schema.database }}.information_schema.tables as t
    join {{ information_schema.database }}.information_schema.columns as c on c.table_schema = t.table_schema and c.table_name = t.table_name
    where upper(t.table_schema) in ('{{ schemas | map('upper') | join("', '") }}')
    order by 2, 3, 7
  {% endset %}
  {{ return(run_query(query)) }}
{%- endmacro %}

{# Functions #}
{% macro snowflake__array_construct(inputs, data_type) -%}array_construct({{ inputs | join(' , ') }}){%- endmacro %}
{% macro snowflake__bool_or(expression) -%}boolor_agg({{ expression }}){%- endmacro %}
{% macro snowflake__cast(field, type) -%}
    {%- if type | lower in ('geography', 'geometry') -%}to_{{ type | lower }}({{ field }}){%- else -%}cast({{ field }} as {{ type }}){%- endif -%}
{%- endmacro %}
{# try_cast takes text alone. #}
{% macro snowflake__safe_cast(field, type) -%}
    {%- set literal = field | string | trim -%}
    {%- if literal.startswith("'") or literal | lower == 'null' or type | lower in ('variant', 'object', 'array') -%}
      {{ 'try_cast(' ~ field ~ ' as ' ~ type ~ ')' if type | lower not in ('variant', 'object', 'array') else 'cast(' ~ field ~ ' as ' ~ type ~ ')' }}
    {%- elif literal | float(default=none) is not none -%}cast({{ field }} as {{ type }})
    {%- else -%}try_cast({{ field }} as {{ type }})
    {%- endif -%}
{%- endmacro %}
{% macro snowflake__escape_single_quotes(expression) -%}{{ expression | replace('\\', '\\\\') | replace("'", "\\'") }}{%- endmacro %}
{% macro snowflake__right(string_text, length_expression) -%}
    case when {{ length_expression }} = 0 then '' else right({{ string_text }}, {{ length_expression }}) end
{%- endmacro %}
{% macro snowflake__listagg(measure, delimiter_text, order_by_clause, limit_num) -%}
    {%- set ordered = ' within group (' ~ order_by_clause ~ ')' if order_by_clause else '' -%}
    {{ 'array_to_string(array_slice(array_agg(' ~ measure ~ ')' ~ ordered ~ ', 0, ' ~ limit_num ~ '), ' ~ delimiter_text ~ ')' if limit_num else 'listagg(' ~ measure ~ ', ' ~ delimiter_text ~ ')' ~ ordered }}
{%- endmacro %}
{% macro snowflake__split_part(string_text, delimiter_text, part_number) %}
  {% if part_number >= 0 %}
    {{ dbt.default__split_part(string_text, delimiter_text, part_number) }}
  {% else %}
    {{ dbt._split_part_negative(string_text, delimiter_text, part_number) }}
  {% endif %}
{% endmacro %}
