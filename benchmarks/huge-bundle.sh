#!/usr/bin/env bash
# One bundle of 200 MB: loaded right, or in quarantine with the reason (a warehouse's limit), and nothing else hurt by it.
#   benchmarks/huge-bundle.sh [MEGABYTES] [WORK]
# PostgreSQL instead of DuckDB: Warehouse__Provider=Postgres Warehouse__Postgres__ConnectionString=... benchmarks/huge-bundle.sh
set -euo pipefail
cd "$(dirname "$0")/.."
megabytes=${1:-200}
work=${2:-$(mktemp -d)}
mkdir -p "$work"
rm -rf "$work/input" "$work/data"
mkdir "$work/input"

dotnet build FhirAspire.AppHost -c Release --nologo -v quiet -clp:ErrorsOnly

# One patient with as many observations as fill the size, some 560 bytes each; and a small bundle beside it.
awk -v bytes="$((megabytes * 1000000))" -v folder="$work/input" '
function patient(id) {
  return sprintf("{\"fullUrl\":\"urn:uuid:%s\",\"resource\":{\"resourceType\":\"Patient\",\"id\":\"%s\",\"gender\":\"female\",\"birthDate\":\"1970-01-01\",\"name\":[{\"use\":\"official\",\"family\":\"Huge\",\"given\":[\"One\"]}]},\"request\":{\"method\":\"POST\",\"url\":\"Patient\"}}", id, id)
}
BEGIN {
  head = "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":["
  print head patient("00000000-0000-4000-8000-000000000002") "]}" > (folder "/small.json")
  file = folder "/huge.json"
  id = "00000000-0000-4000-8000-000000000001"
  text = head patient(id)
  size = length(text)
  printf "%s", text > file
  for (i = 0; size < bytes; i++) {
    text = sprintf(",{\"fullUrl\":\"urn:uuid:00000000-0000-4000-9000-%012d\",\"resource\":{\"resourceType\":\"Observation\",\"id\":\"00000000-0000-4000-9000-%012d\",\"status\":\"final\",\"category\":[{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/observation-category\",\"code\":\"vital-signs\",\"display\":\"Vital signs\"}]}],\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"8867-4\",\"display\":\"Heart rate\"}],\"text\":\"Heart rate\"},\"subject\":{\"reference\":\"urn:uuid:%s\"},\"effectiveDateTime\":\"2020-01-%02dT%02d:00:00Z\",\"valueQuantity\":{\"value\":%d,\"unit\":\"/min\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"/min\"}},\"request\":{\"method\":\"POST\",\"url\":\"Observation\"}}",
      i, i, id, 1 + i % 28, i % 24, 50 + i % 60)
    size += length(text)
    printf "%s", text > file
  }
  print "]}" > file
  print i > (folder "/../observations")
}'
ls -l "$work/input"

/usr/bin/time -f "%e s wall, %U s user, %S s system, %M KB peak" dotnet FhirAspire.AppHost/bin/Release/net10.0/FhirAspire.AppHost.dll once --data "$work/data" --json "$work/summary.json" --source "$work/input" || true
grep -E '"(raw.load_errors|raw.fhir_bundles|staging.stg_observations|marts.fct_observations|marts.dim_patients|quarantined)"' "$work/summary.json"
observations=$(cat "$work/observations")
if grep -q "\"staging.stg_observations\": $observations\b" "$work/summary.json"; then
  echo "loaded: all of its $observations observations"
elif grep -q '"quarantined": 1\b' "$work/summary.json" && grep -q '"marts.dim_patients": 1\b' "$work/summary.json"; then
  echo "quarantined, and the other bundle loaded:"
  dotnet FhirAspire.AppHost/bin/Release/net10.0/FhirAspire.AppHost.dll errors list --data "$work/data"
else
  echo "neither loaded right nor quarantined: $work/summary.json"
  exit 1
fi
