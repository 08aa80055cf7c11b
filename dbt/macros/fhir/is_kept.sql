{#- Whether an increment goes on from the rows of the table as it stands: a table of before lacks the column, and all of it is worked out again
    (with on_schema_change='append_new_columns', so that the column is there to be filled). -#}
{% macro is_kept(column) -%}
    {{ return(is_incremental() and column in (adapter.get_columns_in_relation(this) | map(attribute='name') | map('lower') | list)) }}
{%- endmacro %}
