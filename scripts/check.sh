#!/usr/bin/env bash
# Format, warnings and shell syntax.
source "$(dirname "$0")/common.sh"
for script in scripts/*.sh .ci/run; do
  bash -n "$script" || fail "$script is not valid bash"
done
scripts/setup.sh
dotnet format Analytics.sln --verify-no-changes || fail 'the code is not formatted: make fmt'
echo 'check: format, build and scripts are clean'
