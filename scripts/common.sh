# What the scripts share; sourced, not run. Leaves the caller in the root of the clone.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
# No build server stays behind: it would keep memory, and the output of whoever waits for our pipes.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 UseSharedCompilation=false

configuration=Release
stamps=.local/stamps

fail() {
  echo "error: $*" >&2
  exit 1
}

# Runs a long command quietly: a line when it begins and how long it took, its output only when it fails.
step() {
  local what=$1 log started=$SECONDS
  shift
  mkdir -p .local/logs
  log=.local/logs/setup-$(printf %s "$what" | tr -c 'a-z0-9\n' -).log
  echo "setup: $what" >&2
  if ! "$@" >"$log" 2>&1 </dev/null; then
    tail -n 40 "$log" >&2
    fail "$what failed; all of its output: $log"
  fi
  [ $((SECONDS - started)) -lt 5 ] || echo "setup: $what took $((SECONDS - started)) s" >&2
}

# Whether no file below the given paths is newer than the stamp of this name, and none was added or removed since.
fresh() {
  local stamp=$stamps/$1
  shift
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(listing "$@")" ] && [ -z "$(sources "$@" -newer "$stamp" -print -quit)" ]
}

# The state that `begin` saw is the one that was built: what changes during a build is built the next time.
begin() {
  local stamp=$stamps/$1
  shift
  mkdir -p "$stamps"
  listing "$@" >"$stamp.new"
}

finish() {
  mv "$stamps/$1.new" "$stamps/$1"
}

sources() {
  local paths=()
  while [ $# -gt 0 ] && [[ $1 != -* ]]; do
    paths+=("$1")
    shift
  done
  find "${paths[@]}" \( -name bin -o -name obj -o -name node_modules -o -name wwwroot -o -name dist \) -prune -o -type f "$@"
}

listing() {
  sources "$@" -print | sort | sha256sum
}
