#!/usr/bin/env bash
# Hurts real processes for some twenty minutes and prints a table: fault → outcome. Arguments go to `dotnet test`, for example --filter Name~Redis.
source "$(dirname "$0")/common.sh"
scripts/setup.sh

table=$PWD/.local/chaos.table
mkdir -p .local
rm -f "$table"
code=0
# One test at a time: memory and speed of recovery are measured.
ANALYTICS_CHAOS=long ANALYTICS_CHAOS_TABLE=$table timeout 5400 \
  dotnet test tests/Analytics.Chaos.Tests -c $configuration --no-build --nologo --logger "console;verbosity=normal" "$@" -- xUnit.MaxParallelThreads=1 </dev/null || code=$?

echo
if [ -f "$table" ]; then
  awk -F '|' 'BEGIN { print "fault → outcome" } { printf "  %-64s %s\n", $1, $2 }' "$table"
fi
[ "$code" = 0 ] || echo 'chaos: not every fault was survived; the tests above say which' >&2
exit "$code"
