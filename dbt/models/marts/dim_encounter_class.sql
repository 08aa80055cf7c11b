select encounterclass, description, departmentid from {{ ref('encounter_classes') }}
