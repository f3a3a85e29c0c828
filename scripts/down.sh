#!/usr/bin/env bash
# Stops the stack of this data folder; builds nothing.
source "$(dirname "$0")/common.sh"
program=src/Analytics.Local/bin/$configuration/net10.0/Analytics.Local.dll
if [ ! -f "$program" ]; then
  echo 'nothing was built here, so nothing runs' >&2
  exit 0
fi
exec dotnet "$program" down
