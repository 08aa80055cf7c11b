{#- The age band of an age in years. -#}
{% macro age_band(age) -%}
    case
        when {{ age }} < 18 then '0-17'
        when {{ age }} < 40 then '18-39'
        when {{ age }} < 65 then '40-64'
        when {{ age }} < 80 then '65-79'
        when {{ age }} >= 80 then '80+'
    end
{%- endmacro %}
