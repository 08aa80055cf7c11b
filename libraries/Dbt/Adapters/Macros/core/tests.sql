{% macro get_where_subquery(relation) -%}
  {% do return(adapter.dispatch('get_where_subquery', 'dbt')(relation)) %}
{%- endmacro %}
{% macro default__get_where_subquery(relation) -%}
  {% set condition = config.get('where', '') %}
  {% if not condition %}{% do return(relation) %}{% endif %}
  {% do return('(select * from ' ~ relation ~ ' where ' ~ condition ~ ') dbt_subquery') %}
{%- endmacro %}

{# The white space of the four tests is part of what projects compare: it is that of dbt's compiled files. #}
{% test unique(model, column_name) %}
    {% set body = adapter.dispatch('test_unique', 'dbt') %}
    {{ body(model, column_name) }}
{% endtest %}
{% macro default__test_unique(model, column_name) %}

select
    {{ column_name }} as unique_field,
    count(*) as n_records

from {{ model }}
where {{ column_name }} is not null
group by {{ column_name }}
having count(*) > 1

{% endmacro %}

{% test not_null(model, column_name) %}
    {% set body = adapter.dispatch('test_not_null', 'dbt') %}
    {{ body(model, column_name) }}
{% endtest %}
{% macro default__test_not_null(model, column_name) %}

{% set shown = '*' if should_store_failures() else column_name %}

select {{ shown }}
from {{ model }}
where {{ column_name }} is null

{% endmacro %}

{% test accepted_values(model, column_name, values, quote=true) %}
    {% set body = adapter.dispatch('test_accepted_values', 'dbt') %}
    {{ body(model, column_name, values, quote) }}
{% endtest %}
{% macro default__test_accepted_values(model, column_name, values, quote=true) %}

with all_values as (

    select
        {{ column_name }} as value_field,
        count(*) as n_records

    from {{ model }}
    group by {{ column_name }}

)

select *
from all_values
where value_field not in (
    {% for value in values -%}
      {{ "'" ~ value ~ "'" if quote else value }}{{ ',' if not loop.last }}
    {%- endfor %}
)

{% endmacro %}

{% test relationships(model, column_name, to, field) %}
    {% set body = adapter.dispatch('test_relationships', 'dbt') %}
    {{ body(model, column_name, to, field) }}
{% endtest %}
{% macro default__test_relationships(model, column_name, to, field) %}

with child as (
    select {{ column_name }} as from_field
    from {{ model }}
    where {{ column_name }} is not null
),

parent as (
    select {{ field }} as to_field
    from {{ to }}
)

select
    from_field

from child
left join parent
    on child.from_field = parent.to_field

where parent.to_field is null

{% endmacro %}

{% macro get_limit_subquery_sql(sql, limit) -%}{{ adapter.dispatch('get_limit_sql', 'dbt')(sql, limit) }}{%- endmacro %}
{% macro default__get_limit_sql(sql, limit) %}
  {{ sql }}
  {{ 'limit ' ~ limit if limit is not none }}
{% endmacro %}

{% macro get_show_sql(compiled_code, sql_header, limit) -%}
  {{ sql_header if sql_header is not none }}
  {{ get_limit_subquery_sql(compiled_code, limit) }}
{%- endmacro %}

{% macro get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) -%}
  {{ adapter.dispatch('get_test_sql', 'dbt')(main_sql, fail_calc, warn_if, error_if, limit) }}
{%- endmacro %}
{% macro default__get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) -%}
  select
    {{ fail_calc }} as failures,
    {{ fail_calc }} {{ warn_if }} as should_warn,
    {{ fail_calc }} {{ error_if }} as should_error
  from (
    {{ main_sql }}
    {{ 'limit ' ~ limit if limit is not none }}
  ) dbt_internal_test
{%- endmacro %}

{% materialization test, default %}
  {% set relations = [] %}
  {% set query = get_limit_subquery_sql(sql, config.get('limit')) %}
  {% if should_store_failures() %}
    {% set kind = config.get('store_failures_as') or 'table' %}
    {% if kind not in ['table', 'view'] %}
      {{ exceptions.raise_compiler_error("'" ~ kind ~ "' is not a valid value for `store_failures_as`. Accepted values are: ['ephemeral', 'table', 'view']") }}
    {% endif %}
    {% set kept = api.Relation.create(identifier=model['alias'], schema=schema, database=database, type=kind) %}
    {{ drop_relation_if_exists(adapter.get_relation(database=database, schema=schema, identifier=model['alias'])) }}
    {% call statement(auto_begin=true) %}{{ get_create_sql(kept, query) }}{% endcall %}
    {% do relations.append(kept) %}
    {% set query = 'select * from ' ~ kept %}
    {{ adapter.commit() }}
  {% endif %}
  {% call statement('main', fetch_result=true) -%}
    {{ get_test_sql(query, config.get('fail_calc'), config.get('warn_if'), config.get('error_if'), limit=none) }}
  {%- endcall %}
  {{ return({'relations': relations}) }}
{% endmaterialization %}
