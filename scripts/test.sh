#!/usr/bin/env bash
# Runs everything that must pass and ends with one line: N passed, N failed. Non-zero when anything failed or nothing ran.
source "$(dirname "$0")/common.sh"
scripts/setup.sh

passed=0
failed=0
results=$PWD/.local/test-results
rm -rf "$results"
mkdir -p "$results"

# One project after the other: each starts real servers, and two cores run one set of them.
dotnet_tests() {
  local project name counts
  for project in tests/*.Tests/*.csproj; do
    name=$(basename "$project" .csproj)
    echo "test: $name"
    code=0
    timeout 1200 dotnet test "$project" -c $configuration --no-build --nologo --logger "trx;LogFileName=$name.trx" --results-directory "$results" </dev/null || code=$?
    if [ -f "$results/$name.trx" ]; then
      counts=$(grep -o '<Counters [^>]*>' "$results/$name.trx" | head -n 1)
      count passed "$(attribute passed "$counts")"
      # An error, a timeout or an abort is a failure; a skipped test is one too, because nothing here may be skipped.
      count failed $(($(attribute total "$counts") - $(attribute passed "$counts")))
    fi
    if [ "$code" != 0 ] && { [ ! -f "$results/$name.trx" ] || [ "$(attribute failed "$counts")" = 0 ]; }; then
      echo "test: $name ended with exit code $code" >&2
      count failed 1
    fi
  done
}

# A folder's own tests, of node's test runner.
npm_tests() {
  local folder=$1 log=$results/$(printf %s "$1" | tr / -).log
  [ -f "$folder/package.json" ] && grep -q '"test"' "$folder/package.json" || return 0
  echo "test: $folder"
  local code=0
  timeout 600 npm test --prefix "$folder" </dev/null >"$log" 2>&1 || code=$?
  cat "$log"
  count passed "$(grep -oE '^(# |ℹ )pass [0-9]+' "$log" | grep -oE '[0-9]+$' | tail -n 1)"
  count failed "$(grep -oE '^(# |ℹ )fail [0-9]+' "$log" | grep -oE '[0-9]+$' | tail -n 1)"
  if [ "$code" != 0 ] && ! grep -qE '^(# |ℹ )fail [1-9]' "$log"; then
    count failed 1
  fi
}

count() {
  printf -v "$1" %d $((${!1} + ${2:-0}))
}

attribute() {
  sed -E "s/.* $1=\"([0-9]+)\".*/\1/" <<<"$2"
}

dotnet_tests
for folder in src/dashboard src/sdk; do
  npm_tests "$folder"
done

echo
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
