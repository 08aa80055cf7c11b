{#- What keeps an increment's cost from growing with the history on PostgreSQL: indexes of the incremental tables by their key and batch (and by what a model's
    meta.lookups names), and a delete that uses them. These take the place of the adapter's own macros; other databases keep theirs. -#}
{% macro postgres__create_indexes(relation) -%}
    {{ default__create_indexes(relation) }}
    {%- if config.get('materialized') == 'incremental' and config.get('unique_key') is string -%}
        {%- set names = adapter.get_columns_in_relation(relation) | map(attribute='name') | list -%}
        {%- set lookups = [config.get('unique_key')] + (['batch_no'] if 'batch_no' in names else []) + (config.get('meta', {}).get('lookups', [])) -%}
        {%- for columns in lookups -%}
            {%- do run_query(get_create_index_sql(relation, {'columns': columns.split(', ')})) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{#- "= any (array(...))" is looked up in the index; "in (select ...)" would be a join, for which the table is read whole. -#}
{% macro postgres__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
    {%- if unique_key is string -%}
        {%- set names = get_quoted_csv(dest_columns | map(attribute='name')) -%}
    delete from {{ target }} as DBT_INTERNAL_DEST
    where {{ unique_key }} = any (array(select distinct {{ unique_key }} from {{ source }}))
        {%- for predicate in incremental_predicates or [] %}
        and {{ predicate }}
        {%- endfor -%}
    ;
    insert into {{ target }} ({{ names }}) (select {{ names }} from {{ source }})
    {%- else -%}
        {{ default__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) }}
    {%- endif -%}
{%- endmacro %}
