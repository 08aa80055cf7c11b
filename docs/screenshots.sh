#!/usr/bin/env bash
# Draws the pages for the documentation: the browser's tests over a running pipeline, with their screenshots kept.
#   docs/screenshots.sh [FOLDER OF BUNDLES]      more patients than the bundled sample make better pictures
set -euo pipefail
cd "$(dirname "$0")/.."
drawn=$(mktemp -d)
trap 'rm -rf "$drawn"' EXIT
FHIRASPIRE_SCREENSHOTS="$drawn" FHIRASPIRE_BROWSER_SOURCE="$(realpath "${1:-samples/synthea/fhir-small}")" dotnet test tests/FhirAspire.Dashboard.Browser.Tests --filter Every_page
mkdir -p docs/images
for name in overview cost models quality patient storage; do
  for kind in 1280-light 1280-dark 390-light; do
    [ -f "$drawn/$name-$kind.png" ] && cp "$drawn/$name-$kind.png" docs/images/
  done
done
# Only what documents show stays small enough for a repository.
find docs/images -name '*.png' -size +200k -print -delete
