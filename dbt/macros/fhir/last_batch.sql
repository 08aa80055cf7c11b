{#- The newest batch that a model already holds, as a scalar subquery; 0 on a full build. Every run takes all batches after it, so
    the rows of a table are always complete up to its own newest batch, and a run that failed is caught up by the next. -#}
{% macro last_batch(column='batch_no') -%}
    {{ adapter.dispatch('last_batch', 'fhir_aspire')(column) }}
{%- endmacro %}

{% macro default__last_batch(column) -%}
    {%- if is_incremental() -%}
        (select coalesce(max({{ column }}), 0) from {{ this }})
    {%- else -%}
        0
    {%- endif -%}
{%- endmacro %}

{#- As a number: PostgreSQL takes a comparison with a subquery for a third of the table, and reads all of it. -#}
{% macro postgres__last_batch(column) -%}
    {%- if execute and is_incremental() -%}
        {{ run_query('select coalesce(max(' ~ column ~ '), 0) from ' ~ this).rows[0][0] }}
    {%- else -%}
        0
    {%- endif -%}
{%- endmacro %}
