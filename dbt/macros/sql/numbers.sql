{#- The whole numbers 0 .. 10^digits - 1 as a query with the column n. -#}
{% macro numbers(digits) -%}
    select
        {% for place in range(digits) %}{{ 10 ** place }} * d{{ place }}.digit{{ ' + ' if not loop.last }}{% endfor %} as n
    from
        {% for place in range(digits) %}(
            select 0 as digit union all select 1 union all select 2 union all select 3 union all select 4
            union all select 5 union all select 6 union all select 7 union all select 8 union all select 9
        ) as d{{ place }}{{ ' cross join ' if not loop.last }}{% endfor %}
{%- endmacro %}
