select encounterclass, description, departmentid from FHIR.staging.encounter_classes
