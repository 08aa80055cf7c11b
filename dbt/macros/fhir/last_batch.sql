{#- The newest batch that a model already holds, as a scalar subquery; 0 on a full build. Every run takes all batches after it, so
    the rows of a table are always complete up to its own newest batch, and a run that failed is caught up by the next. -#}
{% macro last_batch(column='batch_no') -%}
    {%- if is_incremental() -%}
        (select coalesce(max({{ column }}), 0) from {{ this }})
    {%- else -%}
        0
    {%- endif -%}
{%- endmacro %}
