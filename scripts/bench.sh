#!/usr/bin/env bash
# Measures; arguments go to load-tests/Analytics.Benchmarks.
source "$(dirname "$0")/common.sh"
scripts/setup.sh
exec dotnet load-tests/Analytics.Benchmarks/bin/$configuration/net10.0/Analytics.Benchmarks.dll "$@"
