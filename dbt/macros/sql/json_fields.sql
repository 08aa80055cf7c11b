{#- Reads scalar fields out of a JSON column, all of them in one pass over the document.

    relation: a table, view or CTE; keep: columns that pass through; fields: dict of column name -> path such as
    `code.coding[0].code`; column: the JSON column. Every field comes out as text, NULL where the document lacks it. -#}
{% macro json_fields(relation, keep, fields, column='resource') -%}
    {{ return(adapter.dispatch('json_fields', 'fhir_aspire')(relation, keep, fields, column)) }}
{%- endmacro %}

{% macro duckdb__json_fields(relation, keep, fields, column) -%}
    select
        {% for name in keep %}{{ name }}, {% endfor %}
        {% for name in fields %}field_values[{{ loop.index }}] as {{ name }}{{ ', ' if not loop.last }}{% endfor %}
    from (
        select
            {% for name in keep %}{{ name }}, {% endfor %}
            json_extract_string({{ column }}, [{% for name, path in fields.items() %}'$.{{ path }}'{{ ', ' if not loop.last }}{% endfor %}]) as field_values
        from {{ relation }}
    ) as documents
{%- endmacro %}

{#- "offset 0" keeps PostgreSQL from reading a field anew wherever it is used. -#}
{% macro postgres__json_fields(relation, keep, fields, column) -%}
    select
        {% for name in keep %}{{ name }}, {% endfor %}
        {% for name, path in fields.items() %}{{ column }} #>> '{{ postgres_json_path(path) }}' as {{ name }}{{ ', ' if not loop.last }}{% endfor %}
    from {{ relation }} as documents
    offset 0
{%- endmacro %}

{% macro snowflake__json_fields(relation, keep, fields, column) -%}
    select
        {% for name in keep %}{{ name }}, {% endfor %}
        {% for name, path in fields.items() %}get_path({{ column }}, '{{ path }}')::varchar as {{ name }}{{ ', ' if not loop.last }}{% endfor %}
    from {{ relation }} as documents
{%- endmacro %}
