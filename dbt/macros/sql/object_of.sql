{#- The object that a file key belongs to: a line of an NDJSON file has its number behind the object's key. -#}
{% macro object_of(expression) -%}
    regexp_replace({{ expression }}, '#[0-9]+$', '')
{%- endmacro %}
