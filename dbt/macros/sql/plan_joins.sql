{#- Pre-hook of every model: how its transaction is planned. PostgreSQL takes a CTE for one row and joins large ones by nested loops, whose time grows with the square of an increment;
    it compiles statements that run once; and its own 4 MB for a sort or a hash table send every larger one to disk. Who has set more keeps it. -#}
{% macro plan_joins() -%}
    {{ adapter.dispatch('plan_joins', 'fhir_aspire')() }}
{%- endmacro %}

{% macro default__plan_joins() -%}
{%- endmacro %}

{% macro postgres__plan_joins() -%}
    set local enable_nestloop = off; set local jit = off; select set_config('work_mem', '64MB', true) where pg_size_bytes(current_setting('work_mem')) < pg_size_bytes('64MB')
{%- endmacro %}
