#!/usr/bin/env bash
# The whole pipeline on a large input: first run, and the cycle for one new patient on what is there then.
#   benchmarks/end-to-end.sh [SOURCE] [BYTES] [WORK]
# SOURCE: a folder of Synthea bundles (default: the bundled sample; the figures in docs/performance.md are of 42 patients of real Synthea).
# BYTES: size of the input that is made of it under new ids (default 1 GB). WORK: a folder on a disk with four times as much room.
set -euo pipefail
cd "$(dirname "$0")/.."
source=${1:-samples/synthea/fhir-small}
bytes=${2:-1000000000}
work=${3:-$(mktemp -d)}
mkdir -p "$work"

dotnet build FhirAspire.AppHost -c Release --nologo -v quiet -clp:ErrorsOnly
dotnet build benchmarks/FhirAspire.Benchmarks -c Release --nologo -v quiet -clp:ErrorsOnly
host=(dotnet FhirAspire.AppHost/bin/Release/net10.0/FhirAspire.AppHost.dll)
bench=(dotnet benchmarks/FhirAspire.Benchmarks/bin/Release/net10.0/FhirAspire.Benchmarks.dll)

rm -rf "$work/input" "$work/one" "$work/data"
"${bench[@]}" multiply "$source" "$work/input" "$bytes" | tee "$work/input.txt"
patients=$(cut -d' ' -f1 "$work/input.txt")
# One more patient, of a round that the input does not have.
mkdir -p "$work/one"
"${bench[@]}" multiply "$source" "$work/more" 9000000000000000000 $((patients + 1)) >/dev/null
for file in "$work"/more/*.json; do
  [ -e "$work/input/$(basename "$file")" ] || { mv "$file" "$work/one/"; break; }
done
rm -rf "$work/more"

run() {
  local name=$1; shift
  /usr/bin/time -f "$name: %e s wall, %U s user, %S s system, %M KB peak" "${host[@]}" once --data "$work/data" --json "$work/$name.json" "$@"
}
run first --source "$work/input"
run increment --source "$work/one"
du -sh "$work"/data/*
