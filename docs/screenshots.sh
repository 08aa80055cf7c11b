#!/usr/bin/env bash
# Draws the pages for the documentation: the browser's tests over a running pipeline with simulated patients, with some of their screenshots kept.
#   docs/screenshots.sh [PATIENTS]      60 by default; every page in both themes and widths is left in a folder whose name is printed
set -euo pipefail
cd "$(dirname "$0")/.."
patients=${1:-60}
drawn=$(mktemp -d)
source=$(mktemp -d)
trap 'rm -rf "$source"' EXIT
dotnet build FhirAspire.AppHost -c Release --nologo -v quiet -clp:ErrorsOnly
dotnet FhirAspire.AppHost/bin/Release/net10.0/FhirAspire.AppHost.dll generate --patients "$patients" --seed 7 --out "$source/bundles"
FHIRASPIRE_SCREENSHOTS="$drawn" FHIRASPIRE_BROWSER_SOURCE="$source/bundles" dotnet test tests/FhirAspire.Dashboard.Browser.Tests -c Release --filter Every_page
mkdir -p docs/images
for pair in overview-1280-light:overview lineage-rest-1280-dark:models cost-1280-light:cost patient-1280-light:patient quality-1280-dark:quality; do
  file="$drawn/${pair%%:*}.png"
  # What documents show stays small enough for a repository.
  if [ "$(stat -c %s "$file")" -ge 250000 ]; then
    echo "$file is larger than 250 kB and was left out" >&2
  else
    cp "$file" "docs/images/dashboard-${pair##*:}.png"
  fi
done
echo "all pages: $drawn"
