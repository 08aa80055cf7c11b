{#- The folder of an object key: everything before its last slash. -#}
{% macro folder_of(expression) -%}
    regexp_replace({{ expression }}, '/[^/]*$', '')
{%- endmacro %}
