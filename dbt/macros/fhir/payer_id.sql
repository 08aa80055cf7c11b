{#- The id of a payer from its name; the query joins the seed `payers` as known_payers. -#}
{% macro payer_id(name) -%}
    {{ name_based_uuid('coalesce(known_payers.number, \'\') || ' ~ name) }}
{%- endmacro %}
