{#- The name-based UUID (version 3, MD5, no namespace) of a text, as Java's UUID.nameUUIDFromBytes makes it. -#}
{% macro name_based_uuid(expression) -%}
    (
        substr(md5({{ expression }}), 1, 8) || '-' || substr(md5({{ expression }}), 9, 4) || '-3' || substr(md5({{ expression }}), 14, 3)
        || '-' || substr('89ab89ab89ab89ab', position(substr(md5({{ expression }}), 17, 1) in '0123456789abcdef'), 1)
        || substr(md5({{ expression }}), 18, 3) || '-' || substr(md5({{ expression }}), 21, 12)
    )
{%- endmacro %}
