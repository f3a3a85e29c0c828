#!/usr/bin/env bash
# Makes a clean clone on Debian 12 able to run: installs what is missing, builds what has changed. A second call does nothing and needs no network.
source "$(dirname "$0")/common.sh"

# Debian's packages, each with a file that proves it is there: the package's own list would miss what was installed another way.
packages() {
  cat <<'LIST'
build-essential     /usr/bin/make
build-essential     /usr/bin/g++
chromium            /usr/bin/chromium
curl                /usr/bin/curl
fonts-dejavu-core   /usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf
kcat                /usr/bin/kcat
libssl-dev          /usr/include/openssl/ssl.h
libzstd-dev         /usr/include/zstd.h
postgresql          /usr/lib/postgresql/*/bin/initdb
prometheus          /usr/bin/promtool
python3             /usr/bin/python3
python3-avro        /usr/lib/python3/dist-packages/avro
redis-server        /usr/bin/redis-server
redis-tools         /usr/bin/redis-cli
util-linux          /usr/bin/setpriv
zlib1g-dev          /usr/include/zlib.h
LIST
}

missing_packages() {
  packages | while read -r package file; do
    compgen -G "$file" >/dev/null || echo "$package"
  done | sort -u
}

version_at_least() {
  [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]
}

need_tools() {
  command -v dotnet >/dev/null || fail "dotnet is missing: install the .NET SDK 10 (https://dotnet.microsoft.com/download) and put dotnet on PATH"
  dotnet --list-sdks | grep -q '^1[0-9]\.' || fail "the .NET SDK 10 or newer is missing; found: $(dotnet --list-sdks | tr '\n' ' ')"
  command -v node >/dev/null || fail "node is missing: install Node 20 or newer (https://nodejs.org)"
  version_at_least "$(node --version | tr -d v)" 20 || fail "Node $(node --version) is too old: install Node 20 or newer (https://nodejs.org)"
  command -v npm >/dev/null || fail "npm is missing: it comes with Node (https://nodejs.org), in Debian as the package npm"
}

# Debian starts the servers that it installs. Ours run under the supervisor with ports and data of their own, so those are
# kept from starting (policy-rc.d is asked by every install script), and no cluster is made.
install_packages() {
  local wanted
  mapfile -t wanted < <(missing_packages)
  [ ${#wanted[@]} -gt 0 ] || return 0
  command -v apt-get >/dev/null || fail "missing: ${wanted[*]}. This is no Debian: install them by hand"
  [ "$(id -u)" = 0 ] || fail "missing: ${wanted[*]}. Run as root once, or: sudo apt-get install --no-install-recommends ${wanted[*]}"
  echo "setup: installing ${wanted[*]}" >&2
  local policy=/usr/sbin/policy-rc.d ours=0
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    ours=1
  fi
  local code=0
  (install_quietly "${wanted[@]}") || code=$?
  [ "$ours" = 0 ] || rm -f "$policy"
  [ "$code" = 0 ] || exit "$code"
  # Not at the next boot of the machine either.
  if command -v systemctl >/dev/null; then
    for service in redis-server postgresql prometheus; do
      printf '%s\n' "${wanted[@]}" | grep -qx "$service" && systemctl disable --quiet "$service" 2>/dev/null || true
    done
  fi
  mapfile -t wanted < <(missing_packages)
  [ ${#wanted[@]} = 0 ] || fail "still missing after the installation: ${wanted[*]}"
}

install_quietly() {
  export DEBIAN_FRONTEND=noninteractive
  if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
    mkdir -p /etc/postgresql-common
    echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
  fi
  apt-get install -y --no-install-recommends "$@" >/dev/null 2>&1 || {
    step 'updating the list of packages' apt-get update
    step 'installing packages' apt-get install -y --no-install-recommends -o Dpkg::Options::=--force-confold "$@"
  }
}

# npm packages of a folder, exactly as its lock file says, when that has changed.
npm_packages() {
  [ -f "$1/package-lock.json" ] || return 0
  local stamp=$1/node_modules/.installed
  [ -f "$stamp" ] && cmp -s "$1/package-lock.json" "$stamp" && return 0
  step "npm packages of $1" npm ci --prefix "$1" --no-audit --no-fund
  cp "$1/package-lock.json" "$stamp"
}

dashboard() {
  [ -f src/dashboard/package.json ] || return 0
  if [ ! -d src/Analytics.Api/wwwroot ] || ! fresh dashboard src/dashboard; then
    begin dashboard src/dashboard
    step 'building the dashboard' npm run build --prefix src/dashboard
    finish dashboard
  fi
}

build() {
  local inputs=(src tests load-tests/Analytics.Benchmarks schemas tables/bots.tsv Analytics.sln Directory.Build.props Directory.Packages.props global.json BannedSymbols.txt .editorconfig)
  if [ ! -f src/Analytics.Local/bin/$configuration/net10.0/Analytics.Local.dll ] || ! fresh build "${inputs[@]}"; then
    begin build "${inputs[@]}"
    step 'restoring NuGet packages' dotnet restore Analytics.sln
    step 'building' dotnet build Analytics.sln -c $configuration -m:2 --no-restore
    finish build
  fi
}

need_tools
install_packages
scripts/native.sh || fail "the native libraries could not be built"
for folder in demo tables src/dashboard tests/clients; do
  npm_packages "$folder"
done
dashboard
build
