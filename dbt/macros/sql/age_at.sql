{#- Whole years from a birth date to a day: one less until the birthday has come. -#}
{% macro age_at(birth, day) -%}
    cast(
        extract(year from {{ day }}) - extract(year from {{ birth }})
        - case
            when extract(month from {{ day }}) * 100 + extract(day from {{ day }}) < extract(month from {{ birth }}) * 100 + extract(day from {{ birth }}) then 1
            else 0
        end as integer
    )
{%- endmacro %}
