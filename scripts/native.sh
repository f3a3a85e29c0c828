#!/usr/bin/env bash
# Builds librdkafka 2.15.1 and fetches the ClickHouse engine, once a machine, into a cache outside the build output;
# links the result to .local/native, where the processes look for it (NativeLibraries.cs).
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
key=$(cat native/package-lock.json native/librdkafka-broker.patch scripts/native.sh | sha256sum | cut -c1-16)
cache=${ANALYTICS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/analytics}/native-$key

build() {
  work=$cache.tmp.$$
  trap 'rm -rf "$work"' EXIT
  mkdir -p "$work"
  cp native/package.json native/package-lock.json "$work/"
  echo "native: fetching the ClickHouse engine (570 MB unpacked) and the source of librdkafka" >&2
  (cd "$work" && npm ci --ignore-scripts --no-audit --no-fund >"$work/npm.log" 2>&1) || { tail -20 "$work/npm.log" >&2; exit 1; }
  local src=$work/node_modules/@confluentinc/kafka-javascript/deps/librdkafka
  patch --quiet -p1 -d "$src" <native/librdkafka-broker.patch ||
    { echo "native: librdkafka's broker has changed, native/librdkafka-broker.patch no longer fits" >&2; exit 1; }
  echo "native: building librdkafka 2.15.1 (about 2 minutes)" >&2
  (cd "$src" && ./configure --disable-debug-symbols && make -j2 -C src) >"$work/build.log" 2>&1 || { tail -40 "$work/build.log" >&2; exit 1; }
  mkdir -p "$work/out"
  cp "$src/src/librdkafka.so.1" "$work/out/librdkafka.so"
  mv "$work/node_modules/@chdb/lib-linux-x64-gnu/libchdb.so" "$work/out/libchdb.so"
  mv "$work/out" "$cache"
}

[ -f "$cache/libchdb.so" ] && [ -f "$cache/librdkafka.so" ] || build
mkdir -p "$root/.local"
ln -sfn "$cache" "$root/.local/native"
