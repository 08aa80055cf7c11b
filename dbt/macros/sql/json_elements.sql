{#- One row for each element of an array inside a JSON column: the kept columns, `element` (JSON) and `element_index` (from 0).
    Documents without the array give no row. -#}
{% macro json_elements(relation, keep, path, column='resource') -%}
    {{ return(adapter.dispatch('json_elements', 'fhir_aspire')(relation, keep, path, column)) }}
{%- endmacro %}

{% macro duckdb__json_elements(relation, keep, path, column) -%}
    select
        {% for name in keep %}{{ name }}, {% endfor %}
        unnest(elements) as element,
        generate_subscripts(elements, 1) - 1 as element_index
    from (
        select {% for name in keep %}{{ name }}, {% endfor %}json_extract({{ column }}, '$.{{ path }}[*]') as elements
        from {{ relation }}
    ) as documents
{%- endmacro %}

{% macro postgres__json_elements(relation, keep, path, column) -%}
    {%- set array = 'documents.' ~ column ~ " #> '" ~ postgres_json_path(path) ~ "'" -%}
    select
        {% for name in keep %}documents.{{ name }}, {% endfor %}
        elements.element,
        cast(elements.position as bigint) - 1 as element_index
    from {{ relation }} as documents
    cross join lateral jsonb_array_elements(
        case when jsonb_typeof({{ array }}) = 'array' then {{ array }} else '[]'::jsonb end
    ) with ordinality as elements (element, position)
{%- endmacro %}

{% macro snowflake__json_elements(relation, keep, path, column) -%}
    select
        {% for name in keep %}documents.{{ name }}, {% endfor %}
        elements.value as element,
        elements.index as element_index
    from {{ relation }} as documents, lateral flatten(input => get_path(documents.{{ column }}, '{{ path }}')) as elements
{%- endmacro %}
