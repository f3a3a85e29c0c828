#!/usr/bin/env bash
# scripts/run.sh run|up: sets up what is missing and starts the stack, in the foreground or in the background.
source "$(dirname "$0")/common.sh"
scripts/setup.sh
exec dotnet src/Analytics.Local/bin/$configuration/net10.0/Analytics.Local.dll "$1"
