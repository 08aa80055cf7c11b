#!/usr/bin/env bash
# Many small objects that a loader finds at once: listed and loaded in pages, in bounded memory, then through dbt. What is there must be the number that was made.
#   benchmarks/many-objects.sh [COUNT] [WORK]
set -euo pipefail
cd "$(dirname "$0")/.."
count=${1:-100000}
work=${2:-$(mktemp -d)}
rm -rf "$work/data"
mkdir -p "$work/data"

dotnet build FhirAspire.AppHost -c Release --nologo -v quiet -clp:ErrorsOnly
dotnet build benchmarks/FhirAspire.Benchmarks -c Release --nologo -v quiet -clp:ErrorsOnly
dotnet benchmarks/FhirAspire.Benchmarks/bin/Release/net10.0/FhirAspire.Benchmarks.dll objects "$work/data/s3" "$count"
/usr/bin/time -f "%e s wall, %U s user, %S s system, %M KB peak" dotnet FhirAspire.AppHost/bin/Release/net10.0/FhirAspire.AppHost.dll rebuild --yes --data "$work/data" | tee "$work/log.txt"
du -sh "$work"/data/*
