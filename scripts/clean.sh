#!/usr/bin/env bash
# Stops the stack of this data folder and removes what it kept and what was built. The cache of native libraries stays: it is the machine's.
source "$(dirname "$0")/common.sh"
scripts/down.sh
data=${ANALYTICS_DATA:-.local}
if [ -L "$data/postgres" ]; then
  cluster=$(readlink "$data/postgres")
  case $cluster in
    /var/lib/analytics-*) rm -rf "$(dirname "$cluster")" ;;
  esac
fi
[ ! -d "$data" ] || [ "$data" = .local ] || [ -f "$data/run.pid" ] || [ -f "$data/secrets" ] || fail "$data is not a data folder of the stack: not removed"
rm -rf "$data" src/Analytics.Api/wwwroot
find src tests load-tests \( -name bin -o -name obj \) -type d -not -path '*/node_modules/*' -prune -exec rm -rf {} +
