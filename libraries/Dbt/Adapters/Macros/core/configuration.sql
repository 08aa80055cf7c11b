{% macro should_full_refresh() %}
  {% set own = config.get('full_refresh') %}
  {% do return(flags.FULL_REFRESH if own is none else own) %}
{% endmacro %}

{% macro should_store_failures() %}
  {% set own = config.get('store_failures') %}
  {% do return(flags.STORE_FAILURES if own is none else own) %}
{% endmacro %}

{% macro set_sql_header(config) -%}
  {{ config.set('sql_header', caller()) }}
{%- endmacro %}

{# Whether the model adds to a table that is there. While the project is parsed nobody may ask the database. #}
{% macro is_incremental() %}
  {% if not execute %}{{ return(false) }}{% endif %}
  {% set there = adapter.get_relation(this.database, this.schema, this.table) %}
  {{ return(there is not none and there.type == 'table' and model.config.materialized == 'incremental' and not should_full_refresh()) }}
{% endmacro %}

{% macro run_hooks(hooks, inside_transaction=true) %}
  {% for hook in hooks | selectattr('transaction', 'equalto', inside_transaction) %}
    {% set text = render(hook.get('sql')) | trim %}
    {% if text %}
      {% call statement(auto_begin=inside_transaction) %}
        {{ text }}
      {% endcall %}
    {% endif %}
  {% endfor %}
{% endmacro %}

{% macro make_hook_config(sql, inside_transaction) %}{{ tojson({'sql': sql, 'transaction': inside_transaction}) }}{% endmacro %}
{% macro before_begin(sql) %}{{ make_hook_config(sql, inside_transaction=false) }}{% endmacro %}
{% macro in_transaction(sql) %}{{ make_hook_config(sql, inside_transaction=true) }}{% endmacro %}
{% macro after_commit(sql) %}{{ make_hook_config(sql, inside_transaction=false) }}{% endmacro %}
