{#- The id that a FHIR reference points to: what follows `urn:uuid:`, the `|` of a conditional reference, or the last `/`
    (`Patient/1`, `https://server/Patient/1`, `Patient/1/_history/2`); NULL for NULL. -#}
{% macro reference_id(expression) -%}
    {{ return(adapter.dispatch('reference_id', 'fhir_aspire')(expression)) }}
{%- endmacro %}

{% macro default__reference_id(expression) -%}
    case
        when {{ expression }} like 'urn:uuid:%' then substr({{ expression }}, 10)
        when position('|' in {{ expression }}) > 0 then nullif(split_part({{ expression }}, '|', -1), '')
        else nullif(split_part(split_part({{ expression }}, '/_history/', 1), '/', -1), '')
    end
{%- endmacro %}

{% macro duckdb__reference_id(expression) -%}
    case
        when starts_with({{ expression }}, 'urn:uuid:') then substr({{ expression }}, 10)
        when contains({{ expression }}, '|') then nullif(regexp_extract({{ expression }}, '[^|]*$'), '')
        else nullif(regexp_extract({{ expression }}, '([^/]+)(/_history/[^/]*)?$', 1), '')
    end
{%- endmacro %}
