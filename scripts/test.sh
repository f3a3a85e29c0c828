#!/usr/bin/env bash
# Runs everything that must pass and ends with one line: N passed, N failed. Non-zero when anything failed or nothing ran.
source "$(dirname "$0")/common.sh"
scripts/setup.sh

passed=0
failed=0
results=$PWD/.local/test-results
rm -rf "$results"
mkdir -p "$results"

# Two lanes run side by side, each one suite after the other. One has all that start servers, a browser, workers: two cores run one set of them, and half of the time
# they wait. The other only computes, and nothing in it goes by a clock, so it is nice: whoever waits for an answer in the first lane is not kept waiting by it.
computing=(Analytics.Simulation.Tests Analytics.Core.Tests Analytics.Scenarios.Tests Analytics.Tidy.Tests src/dashboard)
serving=()
for project in tests/*.Tests; do
  [[ " ${computing[*]} " == *" ${project#tests/} "* ]] || serving+=("${project#tests/}")
done

# Keeps what each suite prints; the file of its exit code, and of the seconds it took, says that it has ended.
lane() {
  local suite code began
  trap 'kill $(jobs -p); exit 143' TERM
  renice -n "$1" -p $BASHPID >/dev/null
  shift
  for suite in "$@"; do
    code=0
    began=$SECONDS
    suite "$suite" >"$(file "$suite" log)" 2>&1 &
    wait $! || code=$?
    echo "$code $((SECONDS - began))" >"$(file "$suite" ending)"
    mv "$(file "$suite" ending)" "$(file "$suite" ended)"
  done
}

# A test project, or a folder with tests of node's runner. What it starts is in a process group of its own, which ends with it.
suite() {
  if [ -d "$1" ]; then
    exec timeout 600 npm test --prefix "$1" </dev/null
  fi
  exec timeout 2700 dotnet test "tests/$1/$1.csproj" -c $configuration --no-build --nologo --logger "trx;LogFileName=$1.trx" --results-directory "$results" </dev/null
}

file() {
  echo "$results/$(tr / - <<<"$1").$2"
}

# Waits for a suite, prints all that it has printed, and counts. An error, a timeout, an abort or a skipped test is a failure, because nothing here may be skipped; and so
# is a suite that has failed without saying which test.
account() {
  local suite=$1 code took log all=0 good=0
  echo "test: $suite"
  until [ -f "$(file "$suite" ended)" ]; do
    [ -n "$(jobs -rp)" ] || [ -f "$(file "$suite" ended)" ] || fail "the tests of $suite were stopped"
    sleep 0.2
  done
  read -r code took <"$(file "$suite" ended)"
  log=$(file "$suite" log)
  cat "$log"
  if [ -d "$suite" ]; then
    good=$(figure '^(# |ℹ )pass [0-9]+$' "$log")
    all=$((good + $(figure '^(# |ℹ )fail [0-9]+$' "$log")))
  elif [ -f "$results/$suite.trx" ]; then
    good=$(figure '<Counters .* passed="[0-9]+' "$results/$suite.trx")
    all=$(figure '<Counters total="[0-9]+' "$results/$suite.trx")
  fi
  echo "test: $suite took $took s"
  passed=$((passed + good))
  failed=$((failed + all - good))
  if [ "$code" != 0 ] && [ "$all" = "$good" ]; then
    echo "test: $suite ended with exit code $code" >&2
    failed=$((failed + 1))
  fi
}

# The number at the end of the first match of a pattern; 0 when there is none.
figure() {
  local found
  found=$(grep -oE "$1" "$2" | head -n 1 | grep -oE '[0-9]+$') || found=0
  echo "$found"
}

lanes=()
stop() {
  kill "${lanes[@]}" 2>/dev/null || true
  wait
}
trap stop EXIT
lane 0 "${serving[@]}" &
lanes+=($!)
lane 10 "${computing[@]}" &
lanes+=($!)
for suite in "${computing[@]}" "${serving[@]}"; do
  account "$suite"
done

# Once more at the end, where whoever sees only the end of a log looks for it.
if [ "$failed" != 0 ]; then
  echo
  echo "test: what failed"
  grep -hE -A 12 '^  Failed |^not ok |^✖ ' "$results"/*.log | cut -c 1-400 || true
fi

echo
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
