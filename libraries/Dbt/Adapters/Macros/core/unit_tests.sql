{# A query of the rows that stand for a model's input; columns that are not given are null. #}
{% macro get_fixture_sql(rows, column_name_to_data_types) %}
-- Fixture for {{ model.name }}
{% set quoted = {} -%}
{%- if not column_name_to_data_types -%}
  {%- set source = defer_relation if defer_relation and not load_relation(this) else this -%}
  {%- set column_name_to_data_types = {} -%}
  {%- for column in get_columns_for_unit_tests(source) -%}
    {%- do column_name_to_data_types.update({column.name | lower: column.data_type}) -%}
    {%- do quoted.update({column.name | lower: column.quoted}) -%}
  {%- endfor -%}
{%- endif -%}
{%- if not column_name_to_data_types -%}
  {{ exceptions.raise_compiler_error("Not able to get columns for unit test '" ~ model.name ~ "' from relation " ~ this ~ " because the relation doesn't exist") }}
{%- endif -%}
{%- set empty = {} -%}
{%- for name, type in column_name_to_data_types.items() -%}{%- do empty.update({name: safe_cast('null', type) | trim}) -%}{%- endfor -%}
{%- set selects = [] -%}
{%- for row in rows -%}
  {%- set full = empty.copy() -%}
  {%- do full.update(format_row(row, column_name_to_data_types)) -%}
  {%- do selects.append(_unit_test_select(full, quoted)) -%}
{%- endfor -%}
{{ selects | join('\nunion all\n') if selects else _unit_test_select(empty, quoted) ~ '\n    limit 0' }}
{%- endmacro %}

{% macro _unit_test_select(row, quoted) %}
  {%- set parts = [] -%}
  {%- for name, value in row.items() -%}{%- do parts.append((value | string) ~ ' as ' ~ quoted.get(name, name)) -%}{%- endfor -%}
  {{ return('select ' ~ parts | join(', ')) }}
{% endmacro %}

{% macro get_expected_sql(rows, column_name_to_data_types, column_name_to_quoted) %}
  {%- set selects = [] -%}
  {%- for row in rows -%}{%- do selects.append(_unit_test_select(format_row(row, column_name_to_data_types), column_name_to_quoted)) -%}{%- endfor -%}
  {{ selects | join('\nunion all\n') if selects else 'select * from dbt_internal_unit_test_actual limit 0' }}
{% endmacro %}

{% macro format_row(row, column_name_to_data_types) %}
  {%- set formatted = {} -%}
  {%- for key, value in row.items() -%}
    {%- set name = key | lower -%}
    {%- if name not in column_name_to_data_types -%}
      {%- set where = 'expected output' if model.resource_type == 'unit_test' else "'" ~ model.name ~ "'" -%}
      {{ exceptions.raise_compiler_error("Invalid column name: '" ~ name ~ "' in unit test fixture for " ~ where ~ ".\nAccepted columns for " ~ where ~ " are: " ~ column_name_to_data_types.keys() | list) }}
    {%- endif -%}
    {%- set type = column_name_to_data_types[name] -%}
    {%- if value is string and 'varying' in type -%}{%- set type = type.split('(')[0] -%}{%- endif -%}
    {#- A date that stands in YAML without quotation marks is a date. -#}
    {%- if value.isoformat is defined -%}{%- set value = value | string -%}{%- endif -%}
    {%- set literal = dbt.string_literal(dbt.escape_single_quotes(value)) if value is string else 'null' if value is none else value -%}
    {%- do formatted.update({name: safe_cast(literal, type)}) -%}
  {%- endfor -%}
  {{ return(formatted) }}
{% endmacro %}

{% macro validate_fixture_rows(rows, row_number) -%}{{ return(adapter.dispatch('validate_fixture_rows', 'dbt')(rows, row_number)) }}{%- endmacro %}
{% macro default__validate_fixture_rows(rows, row_number) -%}{%- endmacro %}

{% macro get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names) -%}
  {{ adapter.dispatch('get_unit_test_sql', 'dbt')(main_sql, expected_fixture_sql, expected_column_names) }}
{%- endmacro %}
{% macro default__get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names) -%}
  {%- set names = expected_column_names | join(', ') -%}
  {%- set side = adapter.quote('actual_or_expected') -%}
  with dbt_internal_unit_test_actual as (
    select {{ names }}, {{ dbt.string_literal('actual') }} as {{ side }} from (
      {{ main_sql }}
    ) _dbt_internal_unit_test_actual
  ),
  dbt_internal_unit_test_expected as (
    select {{ names }}, {{ dbt.string_literal('expected') }} as {{ side }} from (
      {{ expected_fixture_sql }}
    ) _dbt_internal_unit_test_expected
  )
  select * from dbt_internal_unit_test_actual
  union all
  select * from dbt_internal_unit_test_expected
{%- endmacro %}

{% materialization unit, default %}
  {% set rows = config.get('expected_rows') or [] %}
  {% set tested = rows[0].keys() | list if rows else get_columns_in_query(sql) %}
  {% set scratch = make_temp_relation(this.incorporate(type='table')) %}
  {% do run_query(get_create_table_as_sql(true, scratch, get_empty_subquery_sql(sql))) %}
  {% set types, quoted = {}, {} %}
  {% for column in get_columns_for_unit_tests(scratch) %}
    {% do types.update({column.name | lower: column.data_type}) %}
    {% do quoted.update({column.name | lower: column.quoted}) %}
  {% endfor %}
  {% set names = [] %}
  {% for name in tested %}{% do names.append(quoted.get(name | lower, name)) %}{% endfor %}
  {% set expected = config.get('expected_sql') or get_expected_sql(rows, types, quoted) %}
  {% set query = get_unit_test_sql(sql, expected, names) %}
  {% call statement('main', fetch_result=true) -%}{{ query }}{%- endcall %}
  {% do adapter.drop_relation(scratch) %}
  {{ return({'relations': []}) }}
{% endmaterialization %}
