-- What staging holds arrives in the facts, row for row.
{% set pairs = [
    ('stg_encounters', 'fct_encounters'), ('stg_medications', 'fct_medications'), ('stg_procedures', 'fct_procedures'), ('stg_observations', 'fct_observations'),
    ('stg_conditions', 'fct_conditions'), ('stg_immunizations', 'fct_immunizations'), ('stg_claims', 'fct_claims'), ('stg_patients', 'dim_patients')
] %}
select * from (
    {% for staged, fact in pairs %}
    select '{{ fact }}' as fact, (select count(*) from {{ ref(staged) }}) as staged, (select count(*) from {{ ref(fact) }}) as arrived
    {{ 'union all' if not loop.last }}
    {% endfor %}
) as counts
where staged <> arrived
