{#- Post-hook of a staging model: see remove_vanished_rows. -#}
{% macro replace_patients(column='patient') -%}
    {{ remove_vanished_rows(ref('base_patients'), column) }}
{%- endmacro %}
