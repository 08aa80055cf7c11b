{# Rows whose columns repeat together: a key of several columns. #}
{% test unique_together(model, columns) %}
select {{ columns | join(', ') }}, count(*) as repeats
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}
