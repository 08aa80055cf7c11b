{# PostgreSQL (https://www.postgresql.org/docs/current/sql.html). A statement never names another database than the connection's own. #}
{% macro postgres__create_schema(relation) -%}
  {% call statement('create_schema') -%}create schema if not exists {{ relation.without_identifier().include(database=false) }}{%- endcall %}
{%- endmacro %}
{% macro postgres__drop_schema(relation) -%}
  {% call statement('drop_schema') -%}drop schema if exists {{ relation.without_identifier().include(database=false) }} cascade{%- endcall %}
{%- endmacro %}
{% macro postgres__list_schemas(database) -%}
  {{ return(run_query('select distinct nspname from pg_namespace')) }}
{%- endmacro %}
{% macro postgres__check_schema_exists(information_schema, schema) -%}
  {{ return(run_query("select count(*) from pg_namespace where nspname = '" ~ schema ~ "'")) }}
{%- endmacro %}
{% macro postgres__information_schema_name(database) -%}information_schema{%- endmacro %}

{% macro postgres__list_relations_without_caching(schema_relation) %}
  {% call statement('list_relations_without_caching', fetch_result=true) -%}
    select '{{ schema_relation.database }}' as database, c.relname as name, n.nspname as schema,
      case c.relkind when 'v' then 'view' when 'm' then 'materialized_view' else 'table' end as type
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'f', 'v', 'm') and n.nspname ilike '{{ schema_relation.schema }}'
  {%- endcall %}
  {{ return(load_result('list_relations_without_caching').table) }}
{% endmacro %}

{% macro postgres__get_columns_in_relation(relation) -%}
  {% call statement('get_columns_in_relation', fetch_result=true, auto_begin=false) -%}
    select column_name::text, data_type::text, character_maximum_length::bigint, numeric_precision::bigint, numeric_scale::bigint
    from information_schema.columns
    where table_name = '{{ relation.identifier }}' {{ "and table_schema = '" ~ relation.schema ~ "'" if relation.schema }}
    order by ordinal_position
  {%- endcall %}
  {{ return(sql_convert_columns_in_relation(load_result('get_columns_in_relation').table)) }}
{%- endmacro %}

{# A view may stand on what is dropped, so everything on it goes too. #}
{% macro postgres__rename_relation(from_relation, to_relation) -%}
  {% set kind = (from_relation.type or 'table') | string | replace('_', ' ') %}
  {% call statement('rename_relation') -%}alter {{ kind }} {{ from_relation }} rename to {{ adapter.quote_as_configured(to_relation.identifier, 'identifier') }}{%- endcall %}
{%- endmacro %}

{# Names longer than 63 bytes would be cut by the server, and two of them could become one. #}
{% macro _postgres_suffixed(relation, suffix) %}
  {% set room = 63 - suffix | length %}
  {% if room < 0 %}{{ exceptions.raise_compiler_error('Relation suffix is too long (' ~ suffix | length ~ ' characters). Maximum length is 63 characters.') }}{% endif %}
  {{ return(relation.incorporate(path={'identifier': relation.identifier[:room] ~ suffix})) }}
{% endmacro %}
{% macro postgres__make_intermediate_relation(base_relation, suffix) %}{{ return(_postgres_suffixed(base_relation, suffix)) }}{% endmacro %}
{% macro postgres__make_backup_relation(base_relation, backup_relation_type, suffix) %}
  {{ return(_postgres_suffixed(base_relation, suffix).incorporate(type=backup_relation_type)) }}
{% endmacro %}
{# Temporary tables belong to the connection; the number keeps those of one connection apart. #}
{% macro postgres__make_temp_relation(base_relation, suffix) %}
  {% do return(_postgres_suffixed(base_relation, suffix ~ py_current_timestring()).incorporate(path={'schema': none, 'database': none})) %}
{% endmacro %}
{% macro postgres__drop_scratch(relation) %}
  {% call statement('drop_scratch') -%}drop table if exists {{ relation }}{%- endcall %}
{% endmacro %}

{% macro postgres__create_table_as(temporary, relation, sql) -%}
  {%- set contract = config.get('contract') -%}
  {%- set header = config.get('sql_header', none) -%}
  {%- if contract.enforced and not temporary -%}{{ get_assert_columns_equivalent(sql) }}{%- endif -%}
  {{ header if header is not none }}
  create {{ 'temporary ' if temporary else 'unlogged ' if config.get('unlogged', default=false) }}table {{ relation.include(database=(not temporary), schema=(not temporary)) }}
  {%- if contract.enforced and not temporary %}
  {{ get_table_columns_and_constraints() }};
  insert into {{ relation }} ({{ adapter.dispatch('get_column_names', 'dbt')() }}) (
    {{ get_select_subquery(sql) }}
  );
  {%- else %}
  as (
    {{ sql }}
  );
  {%- endif %}
  {#- A new table has no statistics until the server finds time for them, and the next model's plan rests on them. -#}
  {%- if temporary %}
  analyze {{ relation.include(database=false, schema=false) }};
  {%- endif %}
{%- endmacro %}

{# The server gathers statistics when it finds time for them, and the next model's plan rests on them. A table that has grown by less than a tenth keeps those that it has. #}
{% macro postgres__gather_statistics(relation) %}
  {% set name = relation.include(database=false) %}
  {% set grown = run_query("select relpages = 0 or pg_relation_size(oid) > 1.1 * relpages * current_setting('block_size')::bigint from pg_class where oid = '" ~ (name | string | replace("'", "''")) ~ "'::regclass") %}
  {% if grown and grown.rows[0][0] %}
    {% call statement('gather_statistics') -%}analyze {{ name }}{%- endcall %}
  {% endif %}
{% endmacro %}

{# In the transaction of the statements that follow, so that what fails leaves the columns as they were. #}
{% macro postgres__alter_relation_add_remove_columns(relation, add_columns, remove_columns) %}
  {% set changes = [] %}
  {% for column in add_columns or [] %}{% do changes.append('add column ' ~ column.quoted ~ ' ' ~ column.expanded_data_type) %}{% endfor %}
  {% for column in remove_columns or [] %}{% do changes.append('drop column ' ~ column.quoted) %}{% endfor %}
  {% call statement('alter_relation_add_remove_columns') -%}alter {{ relation.type }} {{ relation.render() }} {{ changes | join(', ') }}{%- endcall %}
{% endmacro %}

{# A contract compares kinds of types: dbt's driver has one kind for all texts, for both shorter integers and for both floats, and no lengths. #}
{% macro postgres__format_column(column) -%}
  {%- set type = modules.re.sub('[(][^)]*[)]', '', column.dtype | lower) -%}
  {%- set kinds = {
      'character varying': 'text', 'varchar': 'text', 'character': 'text', 'bpchar': 'text', 'name': 'text', '"char"': 'text',
      'smallint': 'integer', 'real': 'double precision'} -%}
  {%- set kind = kinds.get(type, type) if not type.endswith('[]') else kinds.get(type[:-2], type[:-2]) ~ '[]' -%}
  {{ return({'name': column.name, 'data_type': column.dtype, 'type_kind': kind, 'formatted': column.column.lower() ~ ' ' ~ kind}) }}
{%- endmacro %}

{% macro postgres__get_incremental_default_sql(arg_dict) %}
  {% do return(get_incremental_delete_insert_sql(arg_dict) if arg_dict['unique_key'] else get_incremental_append_sql(arg_dict)) %}
{% endmacro %}

{# By key, as dbt-postgres does it: rows of the batch that are gone from the query stay. #}
{% macro postgres__get_incremental_microbatch_sql(arg_dict) %}
  {%- if not arg_dict['unique_key'] -%}{{ exceptions.raise_compiler_error("dbt-postgres 'microbatch' requires a `unique_key` config") }}{%- endif -%}
  {{ return(adapter.dispatch('get_incremental_merge_sql', 'dbt')(arg_dict)) }}
{% endmacro %}

{% macro postgres__snapshot_merge_sql(target, source, insert_cols) -%}{{ _snapshot_update_insert(target, source, insert_cols) }}{%- endmacro %}
{% macro postgres__post_snapshot(staging_relation) %}{{ _drop_scratch(staging_relation) }}{% endmacro %}
{% macro postgres__current_timestamp() -%}now(){%- endmacro %}
{% macro postgres__snapshot_get_time() -%}{{ current_timestamp() }}::timestamp without time zone{%- endmacro %}
{% macro postgres__snapshot_string_as_time(timestamp) -%}{{ return("'" ~ timestamp ~ "'::timestamp without time zone") }}{%- endmacro %}
{% macro postgres__current_timestamp_backcompat() %}
    current_timestamp::timestamp without time zone
{% endmacro %}
{% macro postgres__current_timestamp_in_utc_backcompat() %}
    (current_timestamp at time zone 'utc')::timestamp without time zone
{% endmacro %}

{# The time in the name keeps it apart from the index of the table that is being replaced. #}
{% macro postgres__get_create_index_sql(relation, index_dict) -%}
  {%- set index = adapter.parse_index(index_dict) -%}
  create {{ 'unique ' if index.unique }}index if not exists "{{ local_md5(index.render(relation) ~ py_current_timestring()) }}" on {{ relation }} {{ 'using ' ~ index.type if index.type }} ({{ index.columns | join(', ') }})
{%- endmacro %}

{% macro postgres__get_show_indexes_sql(relation) %}
  select i.relname::text as name, m.amname::text as method, x.indisunique as is_unique, array_to_string(array_agg(a.attname), ',') as column_names
  from pg_index x
  join pg_class i on i.oid = x.indexrelid
  join pg_am m on m.oid = i.relam
  join pg_class t on t.oid = x.indrelid
  join pg_namespace n on n.oid = t.relnamespace
  join pg_attribute a on a.attrelid = t.oid and a.attnum = any(x.indkey)
  where t.relname = '{{ relation.identifier }}' and n.nspname = '{{ relation.schema }}' and t.relkind in ('r', 'm')
  group by 1, 2, 3
  order by 1, 2, 3
{% endmacro %}

{# Two indexes are the same when kind, uniqueness and columns are, in whatever order these stand. #}
{% macro _postgres_index_key(method, is_unique, columns) %}{{ return(method ~ ' ' ~ is_unique ~ ' ' ~ columns | sort | join(',')) }}{% endmacro %}

{% macro postgres__get_materialized_view_configuration_changes(existing_relation, new_config) %}
  {% set there = {} %}
  {% for index in run_query(postgres__get_show_indexes_sql(existing_relation)) %}
    {% do there.update({_postgres_index_key(index['method'], index['is_unique'], index['column_names'].split(',')): index['name']}) %}
  {% endfor %}
  {% set wanted = {} %}
  {% for index_dict in new_config.get('indexes', []) %}
    {% set index = adapter.parse_index(index_dict) %}
    {% do wanted.update({_postgres_index_key(index.type or 'btree', index.unique or false, index.columns): index_dict}) %}
  {% endfor %}
  {% set changes = [] %}
  {% for key, name in there.items() if key not in wanted %}{% do changes.append({'action': 'drop', 'name': name}) %}{% endfor %}
  {% for key, index_dict in wanted.items() if key not in there %}{% do changes.append({'action': 'create', 'index': index_dict}) %}{% endfor %}
  {{ return({'indexes': changes} if changes else none) }}
{% endmacro %}

{% macro postgres__get_alter_materialized_view_as_sql(relation, configuration_changes, sql, existing_relation, backup_relation, intermediate_relation) %}
  {%- for change in configuration_changes['indexes'] %}
  {% if change.action == 'drop' -%}
  drop index if exists "{{ relation.schema }}"."{{ change.name }}" cascade;
  {%- else -%}
  {{ get_create_index_sql(relation, change.index) }};
  {%- endif %}
  {%- endfor %}
{% endmacro %}

{# The statement for a materialized view that is there; nothing where its configuration differs and must not be changed. #}
{% macro _postgres_update_materialized_view(existing, target_relation, backup, built) %}
  {% set changes = get_materialized_view_configuration_changes(existing, config) %}
  {% set reaction = config.get('on_configuration_change') %}
  {% if changes is none %}{{ return(refresh_materialized_view(target_relation)) }}{% endif %}
  {% if reaction == 'apply' %}{{ return(get_alter_materialized_view_as_sql(target_relation, changes, sql, existing, backup, built)) }}{% endif %}
  {% set message = 'Configuration changes were identified and `on_configuration_change` was set to `' ~ reaction ~ '` for `' ~ target_relation ~ '`' %}
  {% if reaction == 'fail' %}{{ exceptions.raise_fail_fast_error(message) }}{% endif %}
  {% if reaction == 'continue' %}{% do exceptions.warn(message) %}{{ return('') }}{% endif %}
  {{ exceptions.raise_compiler_error('Unexpected configuration scenario: `on_configuration_change` is `' ~ reaction ~ '`, expected `apply`, `continue` or `fail`') }}
{% endmacro %}

{#
  A materialized view is kept: refreshed, or, where its indexes are to be others, altered alone, as on_configuration_change says. It is made anew where there is
  none, on a full refresh, and in the place of a table or view.
#}
{% macro postgres__get_create_materialized_view_as_sql(relation, sql) -%}
  create materialized view if not exists {{ relation }} as (
    {{ sql }}
  );
{%- endmacro %}
{% materialization materialized_view, adapter='postgres' %}
  {% set existing = load_cached_relation(this) %}
  {% set target_relation = this.incorporate(type='materialized_view') %}
  {% set built = make_intermediate_relation(target_relation) %}
  {% set backup = make_backup_relation(target_relation, 'materialized_view' if existing is none else existing.type) %}
  {{ _clear_leftovers([built, backup]) }}
  {{ run_hooks(pre_hooks, inside_transaction=false) }}
  {% set is_kept = existing is not none and existing.is_materialized_view and not should_full_refresh() %}
  {% set update = _postgres_update_materialized_view(existing, target_relation, backup, built) if is_kept %}
  {% if is_kept and update == '' %}
    {% do store_raw_result(name='main', message='skip ' ~ target_relation, code='skip', rows_affected='-1') %}
    {{ run_hooks(post_hooks, inside_transaction=false) }}
    {{ return({'relations': [target_relation]}) }}
  {% endif %}
  {{ run_hooks(pre_hooks, inside_transaction=true) }}
  {% if is_kept %}
    {% call statement('main') -%}{{ update }}{%- endcall %}
  {% else %}
    {% call statement('main') -%}{{ get_create_materialized_view_as_sql(built, sql) }}{%- endcall %}
    {{ _swap_in(existing, built, target_relation, backup) }}
    {% do create_indexes(target_relation) %}
  {% endif %}
  {% do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=true)) %}
  {% do persist_docs(target_relation, model) %}
  {{ run_hooks(post_hooks, inside_transaction=true) }}
  {{ adapter.commit() }}
  {{ drop_relation_if_exists(load_cached_relation(backup)) }}
  {{ run_hooks(post_hooks, inside_transaction=false) }}
  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{% macro _postgres_comment(text) %}{{ return("'" ~ text | replace("'", "''") ~ "'" if '\\' not in text else "E'" ~ text | replace('\\', '\\\\') | replace("'", "''") ~ "'") }}{% endmacro %}
{% macro postgres__alter_relation_comment(relation, comment) %}comment on {{ relation.type | string | replace('_', ' ') }} {{ relation }} is {{ _postgres_comment(comment) }};{% endmacro %}
{% macro postgres__alter_column_comment(relation, column_dict) %}
  {% set there = adapter.get_columns_in_relation(relation) | map(attribute='name') | list %}
  {% for name in column_dict if name in there %}
  comment on column {{ relation }}.{{ adapter.quote(name) if column_dict[name]['quote'] else name }} is {{ _postgres_comment(column_dict[name]['description']) }};
  {% endfor %}
{% endmacro %}

{% macro postgres__get_show_grant_sql(relation) %}
  select grantee, privilege_type from information_schema.role_table_grants
  where grantor = current_role and grantee != current_role and table_schema = '{{ relation.schema }}' and table_name = '{{ relation.identifier }}'
{% endmacro %}
{# A new relation takes no grants over. #}
{% macro postgres__copy_grants() %}{{ return(false) }}{% endmacro %}

{% macro postgres__get_catalog(information_schema, schemas) -%}
  {%- set names = schemas | map('lower') | list -%}
  {% set query %}
    select '{{ information_schema.database }}' as table_database, n.nspname as table_schema, c.relname as table_name,
      case when c.relpersistence = 't' then 'LOCAL TEMPORARY' when c.relkind = 'v' then 'VIEW' when c.relkind = 'm' then 'MATERIALIZED VIEW' else 'BASE TABLE' end as table_type,
      obj_description(c.oid, 'pg_class') as table_comment, a.attname as column_name, a.attnum::bigint as column_index,
      format_type(a.atttypid, a.atttypmod) as column_type, col_description(c.oid, a.attnum) as column_comment, pg_get_userbyid(c.relowner)::text as table_owner
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relkind in ('r', 'p', 'f', 'v', 'm') and lower(n.nspname) in ('{{ names | join("', '") }}')
    order by 2, 3, 7
  {% endset %}
  {{ return(run_query(query)) }}
{%- endmacro %}

{# Functions #}
{% macro postgres__any_value(expression) -%}min({{ expression }}){%- endmacro %}

{% macro postgres__dateadd(datepart, interval, from_date_or_timestamp) %}
    {%- set unit, factor = ('month', ' * 3') if datepart | lower == 'quarter' else (datepart, '') %}

    {{ from_date_or_timestamp }} + ((interval '1 {{ unit }}') * ({{ interval }}){{ factor }})

{% endmacro %}

{# Whole boundaries between two instants, as DATEDIFF counts them elsewhere. #}
{% macro postgres__datediff(first_date, second_date, datepart) -%}
    {%- set first, second, part = '(' ~ first_date ~ ')::timestamp', '(' ~ second_date ~ ')::timestamp', datepart | lower -%}
    {%- set days = '((' ~ second_date ~ ')::date - (' ~ first_date ~ ')::date)' -%}
    {%- if part == 'year' -%}
    (date_part('year', {{ second }})::int - date_part('year', {{ first }})::int)
    {%- elif part == 'quarter' -%}
    ((date_part('year', {{ second }})::int - date_part('year', {{ first }})::int) * 4 + date_part('quarter', {{ second }})::int - date_part('quarter', {{ first }})::int)
    {%- elif part == 'month' -%}
    ((date_part('year', {{ second }})::int - date_part('year', {{ first }})::int) * 12 + date_part('month', {{ second }})::int - date_part('month', {{ first }})::int)
    {%- elif part == 'day' -%}
    {{ days }}
    {%- elif part == 'week' -%}
    ({{ days }} / 7 + case
        when date_part('dow', {{ first }}) <= date_part('dow', {{ second }}) then case when {{ first_date }} <= {{ second_date }} then 0 else -1 end
        else case when {{ first_date }} <= {{ second_date }} then 1 else 0 end
    end)
    {%- elif part in ('hour', 'minute', 'second', 'millisecond', 'microsecond') -%}
    {%- set seconds = {'hour': 3600, 'minute': 60, 'second': 1}.get(part) -%}
    {%- if seconds -%}
    ((extract(epoch from date_trunc('{{ part }}', {{ second }})) - extract(epoch from date_trunc('{{ part }}', {{ first }})))::bigint / {{ seconds }})
    {%- else -%}
    floor((extract(epoch from {{ second }}) - extract(epoch from {{ first }})) * {{ 1000 if part == 'millisecond' else 1000000 }})::bigint
    {%- endif -%}
    {%- else -%}
    {{ exceptions.raise_compiler_error('Unsupported datepart for macro datediff in postgres: ' ~ datepart) }}
    {%- endif -%}
{%- endmacro %}

{% macro postgres__last_day(date, datepart) -%}
    {%- if datepart == 'quarter' -%}
    cast(
        {{ dbt.dateadd('day', '-1', dbt.dateadd('month', '3', dbt.date_trunc(datepart, date))) }}
        as date)
    {%- else -%}
    {{ dbt.default_last_day(date, datepart) }}
    {%- endif -%}
{%- endmacro %}

{% macro postgres__listagg(measure, delimiter_text, order_by_clause, limit_num) -%}
    {%- set ordered = ' ' ~ order_by_clause if order_by_clause else '' -%}
    {%- if limit_num -%}
    array_to_string((array_agg({{ measure }}{{ ordered }}))[1:{{ limit_num }}], {{ delimiter_text }})
    {%- else -%}
    string_agg({{ measure }}, {{ delimiter_text }}{{ ordered }})
    {%- endif -%}
{%- endmacro %}

{% macro postgres__split_part(string_text, delimiter_text, part_number) %}
  {% if part_number >= 0 %}
    {{ dbt.default__split_part(string_text, delimiter_text, part_number) }}
  {% else %}
    {{ dbt._split_part_negative(string_text, delimiter_text, part_number) }}
  {% endif %}
{% endmacro %}
