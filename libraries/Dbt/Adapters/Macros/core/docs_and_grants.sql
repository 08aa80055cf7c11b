{% macro persist_docs(relation, model, for_relation=true, for_columns=true) -%}
  {{ return(adapter.dispatch('persist_docs', 'dbt')(relation, model, for_relation, for_columns)) }}
{%- endmacro %}
{% macro default__persist_docs(relation, model, for_relation, for_columns) -%}
  {% if for_relation and config.persist_relation_docs() and model.description %}
    {% do run_query(alter_relation_comment(relation, model.description)) %}
  {% endif %}
  {% if for_columns and config.persist_column_docs() and model.columns %}
    {% set ddl = alter_column_comment(relation, model.columns) %}
    {% if ddl and ddl | trim %}{% do run_query(ddl) %}{% endif %}
  {% endif %}
{%- endmacro %}

{% macro alter_column_comment(relation, column_dict) -%}{{ return(adapter.dispatch('alter_column_comment', 'dbt')(relation, column_dict)) }}{%- endmacro %}
{% macro default__alter_column_comment(relation, column_dict) -%}
  {{ exceptions.raise_not_implemented('alter_column_comment macro not implemented for adapter ' ~ adapter.type()) }}
{%- endmacro %}
{% macro alter_relation_comment(relation, relation_comment) -%}{{ return(adapter.dispatch('alter_relation_comment', 'dbt')(relation, relation_comment)) }}{%- endmacro %}
{% macro default__alter_relation_comment(relation, relation_comment) -%}
  {{ exceptions.raise_not_implemented('alter_relation_comment macro not implemented for adapter ' ~ adapter.type()) }}
{%- endmacro %}

{# Grants #}
{% macro copy_grants() %}{{ return(adapter.dispatch('copy_grants', 'dbt')()) }}{% endmacro %}
{% macro default__copy_grants() %}{{ return(true) }}{% endmacro %}

{% macro should_revoke(existing_relation, full_refresh_mode=true) %}
  {{ return(false if not existing_relation else copy_grants() if full_refresh_mode else true) }}
{% endmacro %}

{% macro support_multiple_grantees_per_dcl_statement() %}{{ return(adapter.dispatch('support_multiple_grantees_per_dcl_statement', 'dbt')()) }}{% endmacro %}
{% macro default__support_multiple_grantees_per_dcl_statement() -%}{{ return(true) }}{%- endmacro %}

{% macro get_show_grant_sql(relation) %}{{ return(adapter.dispatch('get_show_grant_sql', 'dbt')(relation)) }}{% endmacro %}
{% macro default__get_show_grant_sql(relation) %}show grants on {{ relation.render() }}{% endmacro %}
{% macro get_grant_sql(relation, privilege, grantees) %}{{ return(adapter.dispatch('get_grant_sql', 'dbt')(relation, privilege, grantees)) }}{% endmacro %}
{% macro default__get_grant_sql(relation, privilege, grantees) -%}grant {{ privilege }} on {{ relation.render() }} to {{ grantees | join(', ') }}{%- endmacro %}
{% macro get_revoke_sql(relation, privilege, grantees) %}{{ return(adapter.dispatch('get_revoke_sql', 'dbt')(relation, privilege, grantees)) }}{% endmacro %}
{% macro default__get_revoke_sql(relation, privilege, grantees) -%}revoke {{ privilege }} on {{ relation.render() }} from {{ grantees | map('string') | map('replace', '"', '') | join(', ') }}{%- endmacro %}

{% macro get_dcl_statement_list(relation, grant_config, get_dcl_macro) %}{{ return(adapter.dispatch('get_dcl_statement_list', 'dbt')(relation, grant_config, get_dcl_macro)) }}{% endmacro %}
{% macro default__get_dcl_statement_list(relation, grant_config, get_dcl_macro) -%}
  {%- set statements = [] -%}
  {%- for privilege, grantees in grant_config.items() -%}
    {%- for some in ([grantees] if support_multiple_grantees_per_dcl_statement() else grantees | map('list') | list) if some -%}
      {%- do statements.append(get_dcl_macro(relation, privilege, some)) -%}
    {%- endfor -%}
  {%- endfor -%}
  {{ return(statements) }}
{%- endmacro %}
{% macro call_dcl_statements(dcl_statement_list) %}{{ return(adapter.dispatch('call_dcl_statements', 'dbt')(dcl_statement_list)) }}{% endmacro %}
{% macro default__call_dcl_statements(dcl_statement_list) %}
  {% call statement('grants') %}{{ dcl_statement_list | join(';\n') }};{% endcall %}
{% endmacro %}

{% macro apply_grants(relation, grant_config, should_revoke=true) %}{{ return(adapter.dispatch('apply_grants', 'dbt')(relation, grant_config, should_revoke)) }}{% endmacro %}
{% macro default__apply_grants(relation, grant_config, should_revoke=true) %}
  {% if grant_config %}
    {% set granting, revoking = grant_config, {} %}
    {% if should_revoke %}
      {% set now = adapter.standardize_grants_dict(run_query(get_show_grant_sql(relation))) %}
      {% set granting = diff_of_two_dicts(grant_config, now) %}
      {% set revoking = diff_of_two_dicts(now, grant_config) %}
    {% endif %}
    {% set statements = get_dcl_statement_list(relation, revoking, get_revoke_sql) + get_dcl_statement_list(relation, granting, get_grant_sql) %}
    {% if statements %}{{ call_dcl_statements(statements) }}{% endif %}
  {% endif %}
{% endmacro %}
