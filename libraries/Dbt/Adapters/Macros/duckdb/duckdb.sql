{# DuckDB (https://duckdb.org/docs/sql/introduction). Views and tables are renamed by their own kind of ALTER. #}
{% macro duckdb__create_schema(relation) -%}
  {% call statement('create_schema') -%}create schema if not exists {{ relation.without_identifier() }}{%- endcall %}
{%- endmacro %}

{% macro duckdb__list_schemas(database) -%}
  {{ return(run_query("select schema_name from system.information_schema.schemata" ~ (" where lower(catalog_name) = '" ~ database | lower ~ "'" if database is not none else ''))) }}
{%- endmacro %}
{% macro duckdb__check_schema_exists(information_schema, schema) -%}
  {{ return(run_query("select count(*) from system.information_schema.schemata where lower(schema_name) = '" ~ schema | lower ~ "' and lower(catalog_name) = '" ~ information_schema.database | lower ~ "'")) }}
{%- endmacro %}

{% macro duckdb__list_relations_without_caching(schema_relation) %}
  {% call statement('list_relations_without_caching', fetch_result=true) -%}
    select '{{ schema_relation.database }}' as database, table_name as name, table_schema as schema,
      case table_type when 'VIEW' then 'view' else 'table' end as type
    from system.information_schema.tables
    where lower(table_schema) = '{{ schema_relation.schema | lower }}' and lower(table_catalog) = '{{ schema_relation.database | lower }}'
  {%- endcall %}
  {{ return(load_result('list_relations_without_caching').table) }}
{% endmacro %}

{% macro duckdb__get_columns_in_relation(relation) -%}
  {% call statement('get_columns_in_relation', fetch_result=true, auto_begin=false) -%}
    select column_name, column_type, null, null, null from (describe {{ relation.render() }})
  {%- endcall %}
  {{ return(sql_convert_columns_in_relation(load_result('get_columns_in_relation').table)) }}
{%- endmacro %}

{% macro duckdb__drop_relation(relation) -%}
  {% call statement('drop_relation', auto_begin=false) -%}drop {{ relation.type }} if exists {{ relation }} cascade{%- endcall %}
{%- endmacro %}

{% macro duckdb__rename_relation(from_relation, to_relation) -%}
  {% call statement('rename_relation') -%}alter {{ to_relation.type }} {{ from_relation }} rename to {{ adapter.quote_as_configured(to_relation.identifier, 'identifier') }}{%- endcall %}
{%- endmacro %}

{# Temporary tables belong to the connection; the number keeps those of one connection apart. #}
{% macro duckdb__make_temp_relation(base_relation, suffix) %}
  {% do return(base_relation.incorporate(path={'identifier': base_relation.identifier ~ suffix ~ py_current_timestring(), 'schema': none, 'database': none})) %}
{% endmacro %}
{% macro duckdb__drop_scratch(relation) %}
  {% call statement('drop_scratch') -%}drop table if exists {{ relation }}{%- endcall %}
{% endmacro %}

{% macro create_table_as(temporary, relation, compiled_code, language='sql', partitioned_by=none, sorted_by=none) -%}
  {{ return(adapter.dispatch('create_table_as', 'dbt')(temporary, relation, compiled_code, language)) }}
{%- endmacro %}
{% macro duckdb__create_table_as(temporary, relation, compiled_code, language='sql') -%}
  {%- if language != 'sql' -%}{% do exceptions.raise_compiler_error("models in '" ~ language ~ "' cannot be run") %}{%- endif -%}
  {%- set contract = config.get('contract') -%}
  {%- if contract.enforced -%}{{ get_assert_columns_equivalent(compiled_code) }}{%- endif -%}
  {%- set header = config.get('sql_header', none) -%}
  {{ header if header is not none }}
  create {{ 'temporary ' if temporary }}table {{ relation.include(database=(not temporary), schema=(not temporary)) }}
  {%- if contract.enforced and not temporary %}
  {{ get_table_columns_and_constraints() }};
  insert into {{ relation }} ({{ adapter.dispatch('get_column_names', 'dbt')() }}) (
    {{ get_select_subquery(compiled_code) }}
  );
  {%- else %}
  as (
    {{ compiled_code }}
  );
  {%- endif %}
{%- endmacro %}

{% macro duckdb__create_view_as(relation, sql) -%}
  {%- if config.get('contract').enforced -%}{{ get_assert_columns_equivalent(sql) }}{%- endif -%}
  {%- set header = config.get('sql_header', none) -%}
  {{ header if header is not none }}
  create view {{ relation }} as (
    {{ sql }}
  );
{%- endmacro %}

{% macro duckdb__alter_relation_add_remove_columns(relation, add_columns, remove_columns) %}
  {% for column in add_columns or [] %}{% do run_query('alter ' ~ relation.type ~ ' ' ~ relation ~ ' add column ' ~ adapter.quote(column.name) ~ ' ' ~ column.data_type) %}{% endfor %}
  {% for column in remove_columns or [] %}{% do run_query('alter ' ~ relation.type ~ ' ' ~ relation ~ ' drop column ' ~ adapter.quote(column.name)) %}{% endfor %}
{% endmacro %}

{# Outside of a transaction, because DuckDB commits no rows for a table that the same transaction has altered. #}
{% macro duckdb__alter_column_type(relation, column_name, new_column_type) %}
  {% do run_query('alter table ' ~ relation ~ ' alter column ' ~ adapter.quote(column_name) ~ ' set data type ' ~ new_column_type) %}
{% endmacro %}

{% materialization table, adapter='duckdb' %}{{ return(_build_table()) }}{% endmaterialization %}
{% materialization incremental, adapter='duckdb' %}{{ return(_build_incremental()) }}{% endmaterialization %}

{% macro duckdb__get_incremental_default_sql(arg_dict) %}{% do return(get_incremental_delete_insert_sql(arg_dict)) %}{% endmacro %}

{% macro duckdb__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
  {%- set names = get_quoted_csv(dest_columns | map(attribute='name')) -%}
  {%- set conditions = [] -%}
  {%- if unique_key is string -%}
    {%- do conditions.append('(' ~ unique_key ~ ') in (select (' ~ unique_key ~ ') from ' ~ source ~ ')') -%}
  {%- else -%}
    {%- for key in unique_key or [] -%}{%- do conditions.append(source ~ '.' ~ key ~ ' = DBT_INCREMENTAL_TARGET.' ~ key) -%}{%- endfor -%}
  {%- endif -%}
  {%- if conditions -%}
    {%- do conditions.extend(incremental_predicates or []) -%}
  delete from {{ target }}{{ '' if unique_key is string else ' as DBT_INCREMENTAL_TARGET using ' ~ source }}
  where {{ conditions | join(' and ') }};
  {% endif %}
  insert into {{ target }} ({{ names }}) (select {{ names }} from {{ source }})
{%- endmacro %}

{# DuckDB's merge: by name, or with the columns, conditions and clauses that the configuration gives. #}
{% macro duckdb__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) -%}
  {%- set predicates = [incremental_predicates] if incremental_predicates is string else incremental_predicates or [] -%}
  {%- set included, excluded = config.get('merge_update_columns') or [], config.get('merge_exclude_columns') or [] -%}
  {%- set expressions = config.get('merge_update_set_expressions') or {} -%}
  {%- set using_columns = config.get('merge_on_using_columns') or [] -%}
  {%- set returning = config.get('merge_returning_columns') or [] -%}
  {%- set clauses = config.get('merge_clauses') or {} -%}
  {%- set conditions = [] -%}
  {%- if not using_columns -%}
    {%- for key in ([unique_key] if unique_key is string else unique_key or []) -%}{%- do conditions.append('DBT_INTERNAL_SOURCE.' ~ key ~ ' = DBT_INTERNAL_DEST.' ~ key) -%}{%- endfor -%}
    {%- if not unique_key -%}{%- do conditions.append('FALSE') -%}{%- endif -%}
  {%- endif -%}
  {%- do conditions.extend(predicates) -%}
  {%- set mode = 'explicit' if included or excluded or expressions else 'by_name' -%}
  {%- set matched = clauses.get('when_matched') or [{'action': 'update', 'mode': mode, 'condition': config.get('merge_update_condition'), 'update': {'include': included, 'exclude': excluded, 'set_expressions': expressions}}] -%}
  {%- set unmatched = clauses.get('when_not_matched') or [{'action': 'insert', 'mode': 'by_name', 'condition': config.get('merge_insert_condition')}] -%}
  {%- set header = config.get('sql_header', none) -%}
  {{ header if header is not none }}
  merge into {{ target }} as DBT_INTERNAL_DEST
  using {{ source }} as DBT_INTERNAL_SOURCE
  {{ 'using (' ~ using_columns | join(', ') ~ ')' if using_columns }}{{ ' on (' ~ conditions | join(') and (') ~ ')' if conditions }}
  {%- for clause in matched %}
  when matched{{ _duckdb_merge_condition(clause) }} then {{ _duckdb_merge_action(clause, dest_columns) }}
  {%- endfor %}
  {%- for clause in unmatched %}
  when not matched{{ ' by ' ~ clause.get('by') if clause.get('by') }}{{ _duckdb_merge_condition(clause) }} then {{ _duckdb_merge_action(clause, dest_columns) }}
  {%- endfor %}
  {{ 'returning ' ~ (returning if returning is string else returning | join(', ')) if returning }}
{%- endmacro %}

{% macro _duckdb_merge_condition(clause) %}
  {%- set condition = clause.get('condition') -%}
  {{ return('' if not condition else ' and ' ~ (condition if condition is string else '(' ~ condition | join(') and (') ~ ')')) }}
{% endmacro %}

{% macro _duckdb_merge_action(clause, dest_columns) %}
  {%- set action, mode = clause.get('action'), clause.get('mode') -%}
  {%- if action == 'delete' -%}{{ return('delete') }}
  {%- elif action == 'do_nothing' -%}{{ return('do nothing') }}
  {%- elif action == 'error' -%}{{ return('error' ~ (" '" ~ clause.get('error_message') | replace("'", "''") ~ "'" if clause.get('error_message') else '')) }}
  {%- elif mode == 'by_name' -%}{{ return(action ~ ' by name') }}
  {%- elif mode == 'by_position' -%}{{ return(action ~ ' by position') }}
  {%- elif mode == 'star' -%}{{ return('update set *' if action == 'update' else 'insert *') }}
  {%- elif action == 'insert' -%}
    {%- set insert = clause.get('insert') or {} -%}
    {{ return('insert (' ~ insert.get('columns', []) | join(', ') ~ ') values (' ~ insert.get('values', []) | join(', ') ~ ')') }}
  {%- endif -%}
  {%- set update = clause.get('update') or {} -%}
  {%- set expressions = update.get('set_expressions') or clause.get('set_expressions') or {} -%}
  {%- set assignments = [] -%}
  {%- for name, expression in expressions.items() -%}{%- do assignments.append(name ~ ' = ' ~ expression) -%}{%- endfor -%}
  {%- if mode == 'explicit' -%}
    {%- for name in get_merge_update_columns(update.get('include') or [], update.get('exclude') or [], dest_columns) if name | replace('"', '') not in expressions -%}
      {%- do assignments.append(name ~ ' = DBT_INTERNAL_SOURCE.' ~ name) -%}
    {%- endfor -%}
  {%- endif -%}
  {{ return('update set ' ~ assignments | join(', ')) }}
{% endmacro %}

{% macro duckdb__snapshot_merge_sql(target, source, insert_cols) -%}{{ _snapshot_update_insert(target, source, insert_cols) }}{%- endmacro %}
{% macro duckdb__post_snapshot(staging_relation) %}{{ _drop_scratch(staging_relation) }}{% endmacro %}
{% macro duckdb__current_timestamp() -%}now(){%- endmacro %}
{% macro duckdb__snapshot_get_time() -%}{{ current_timestamp() }}::timestamp{%- endmacro %}
{% macro duckdb__snapshot_string_as_time(timestamp) -%}{{ return("'" ~ timestamp ~ "'::timestamp") }}{%- endmacro %}

{% macro duckdb__get_binding_char() %}{{ return('?') }}{% endmacro %}
{% macro duckdb__get_create_index_sql(relation, index_dict) -%}
  {%- set index = adapter.parse_index(index_dict) -%}
  create {{ 'unique ' if index.unique }}index if not exists "{{ index.render(relation) }}" on {{ relation }} ({{ index.columns | join(', ') }})
{%- endmacro %}
{# A table with an index cannot be renamed. #}
{% macro duckdb__drop_indexes_on_relation(relation) -%}
  {%- if relation.type == 'table' -%}
    {%- for row in run_query("select index_name from duckdb_indexes() where schema_name = '" ~ relation.schema ~ "' and table_name = '" ~ relation.identifier ~ "' and database_name = '" ~ relation.database ~ "' and not is_primary") -%}
      {%- do run_query('drop index if exists ' ~ adapter.quote(relation.schema) ~ '.' ~ adapter.quote(row[0])) -%}
    {%- endfor -%}
  {%- endif -%}
{%- endmacro %}

{% macro _duckdb_comment(text) %}{{ return("'" ~ text | replace("'", "''") ~ "'") }}{% endmacro %}
{% macro duckdb__alter_relation_comment(relation, comment) %}comment on {{ relation.type }} {{ relation }} is {{ _duckdb_comment(comment) }};{% endmacro %}
{% macro duckdb__alter_column_comment(relation, column_dict) %}
  {% set there = adapter.get_columns_in_relation(relation) | map(attribute='name') | list %}
  {% for name in column_dict if name in there %}
  comment on column {{ relation }}.{{ adapter.quote(name) if column_dict[name]['quote'] else name }} is {{ _duckdb_comment(column_dict[name]['description']) }};
  {% endfor %}
{% endmacro %}
{% macro duckdb__apply_grants(relation, grant_config, should_revoke=true) %}
  {% if grant_config %}{{ adapter.warn_once('Grants for relations are not supported by DuckDB') }}{% endif %}
{% endmacro %}

{% macro duckdb__get_catalog(information_schema, schemas) -%}
  {% set names = schemas | map('lower') | list %}
  {% set query %}
    with tables as (
      select database_name, schema_name, table_name, 'BASE TABLE' as table_type, comment from duckdb_tables()
      union all
      select database_name, schema_name, view_name, 'VIEW', comment from duckdb_views()
    )
    select t.database_name as table_database, t.schema_name as table_schema, t.table_name, t.table_type, t.comment as table_comment,
      c.column_name, c.column_index, c.data_type as column_type, c.comment as column_comment, null as table_owner
    from tables t join duckdb_columns() c using (database_name, schema_name, table_name)
    where lower(t.database_name) = '{{ information_schema.database | lower }}' and lower(t.schema_name) in ('{{ names | join("', '") }}')
    order by 2, 3, 7
  {% endset %}
  {{ return(run_query(query)) }}
{%- endmacro %}

{# Functions #}
{% macro duckdb__any_value(expression) -%}arbitrary({{ expression }}){%- endmacro %}
{% macro duckdb__date(year, month, day) -%}make_date({{ year }}, {{ month }}, {{ day }}){%- endmacro %}

{# DuckDB has no interval of quarters, and takes no expression inside an interval. #}
{% macro duckdb__dateadd(datepart, interval, from_date_or_timestamp) %}

    {% set unit = datepart | lower -%}
    {%- set unit, factor = ('month', ' * 3') if unit == 'quarter' else ('day', ' * 7') if unit == 'week' else (unit, '') -%}
    {{ '(' ~ from_date_or_timestamp ~ ' + ' ~ ('(' if factor) ~ 'cast(' ~ interval ~ ' as bigint)' ~ (factor ~ ')' if factor) ~ ' * interval 1 ' ~ unit ~ ')' -}}
{% endmacro %}

{% macro duckdb__datediff(first_date, second_date, datepart) -%}
    {% if datepart == 'week' %}
            ({{ datediff(first_date, second_date, 'day') }} // 7 + case
            when date_part('dow', ({{ first_date }})::timestamp) <= date_part('dow', ({{ second_date }})::timestamp) then
                case when {{ first_date }} <= {{ second_date }} then 0 else -1 end
            else
                case when {{ first_date }} <= {{ second_date }} then 1 else 0 end
        end)
    {% else %}
        (date_diff('{{ datepart }}', {{ first_date }}::timestamp, {{ second_date }}::timestamp ))
    {% endif %}
{%- endmacro %}

{% macro duckdb__last_day(date, datepart) -%}
    {%- if datepart == 'quarter' -%}
    -- duckdb dateadd does not support quarter interval.
    cast(
        {{ dbt.dateadd('day', '-1', dbt.dateadd('month', '3', dbt.date_trunc(datepart, date))) }}
        as date)
    {%- else -%}
    {{ dbt.default_last_day(date, datepart) }}
    {%- endif -%}
{%- endmacro %}

{% macro duckdb__generate_series(upper_bound) %}
    select
        generate_series as generated_number
    from generate_series(1, {{ upper_bound }})
{% endmacro %}

{% macro duckdb__listagg(measure, delimiter_text, order_by_clause, limit_num) %}
    {% if limit_num -%}
    list_aggr(
        (array_agg(
            {{ measure }}
            {{ order_by_clause if order_by_clause }}
        ))[1:{{ limit_num }}],
        'string_agg',
        {{ delimiter_text }}
        )
    {%- else -%}
    string_agg(
        {{ measure }},
        {{ delimiter_text }}
        {{ order_by_clause if order_by_clause }}
        )
    {%- endif %}
{%- endmacro %}

{% macro duckdb__split_part(string_text, delimiter_text, part_number) %}
    string_split({{ string_text }}, {{ delimiter_text }})[ {{ part_number }} ]
{% endmacro %}

{% macro duckdb__get_incremental_microbatch_sql(arg_dict) %}
  {%- if config.get('unique_key') -%}
    {{ exceptions.raise_compiler_error("microbatch incremental strategy does not support 'unique_key'. Microbatch runs delete+insert per batch based on 'event_time' and does not do key-based upserts. Remove 'unique_key' or use incremental_strategy='merge'.") }}
  {%- endif -%}
  {{ return(default__get_incremental_microbatch_sql(arg_dict)) }}
{% endmacro %}
