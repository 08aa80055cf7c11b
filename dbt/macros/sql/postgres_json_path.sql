{#- `code.coding[0].code` -> `{code,coding,0,code}` -#}
{% macro postgres_json_path(path) -%}
    {{ '{' ~ path | replace('[', '.') | replace(']', '') | replace('.', ',') ~ '}' }}
{%- endmacro %}
