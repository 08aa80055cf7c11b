{# Runs its body as SQL. The name under which the result is kept is up to the caller; 'main' is what a node's run is judged by. #}
{%- macro statement(name=none, fetch_result=false, auto_begin=true, language='sql') -%}
{%- if execute -%}
  {%- set body = caller() -%}
  {%- if language != 'sql' -%}{% do exceptions.raise_compiler_error("statements in '" ~ language ~ "' cannot be run") %}{%- endif -%}
  {%- if name == 'main' -%}{% do write(body) %}{%- endif -%}
  {%- set outcome = adapter.execute(body, auto_begin=auto_begin, fetch=fetch_result) -%}
  {%- if name is not none -%}{{ store_result(name, response=outcome[0], agate_table=outcome[1]) }}{%- endif -%}
{%- endif -%}
{%- endmacro %}

{# As statement, for SQL that has been run already. #}
{%- macro noop_statement(name=none, message=none, code=none, rows_affected=none, res=none) -%}
  {%- set body = caller() -%}
  {%- if name == 'main' -%}{% do write(body) %}{%- endif -%}
  {%- if name is not none -%}{{ store_raw_result(name, message=message, code=code, rows_affected=rows_affected, agate_table=res) }}{%- endif -%}
{%- endmacro %}

{% macro run_query(sql) %}
  {% call statement('run_query_statement', fetch_result=true, auto_begin=false) %}
    {{ sql }}
  {% endcall %}
  {% do return(load_result('run_query_statement').table) %}
{% endmacro %}

{% macro validate_sql(sql) -%}
  {{ return(adapter.dispatch('validate_sql', 'dbt')(sql)) }}
{%- endmacro %}

{% macro default__validate_sql(sql) -%}
  {% call statement('validate_sql') -%}explain {{ sql }}{%- endcall %}
  {{ return(load_result('validate_sql')) }}
{%- endmacro %}
