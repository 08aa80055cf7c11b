#!/usr/bin/env bash
# SIGKILL of the running host at random moments, then the check that nothing is lost or loaded twice: the test of .ci/run with more rounds.
#   benchmarks/kill-rounds.sh [ROUNDS] [SEED]
set -euo pipefail
cd "$(dirname "$0")/.."
export FHIRASPIRE_KILL_ROUNDS=${1:-200} FHIRASPIRE_KILL_SEED=${2:-2}
dotnet build tests/FhirAspire.AppHost.Tests -c Release --nologo -v quiet -clp:ErrorsOnly
dotnet test tests/FhirAspire.AppHost.Tests -c Release --no-build --nologo --filter FullyQualifiedName~KillTests --logger "console;verbosity=detailed"
