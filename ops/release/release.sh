#!/usr/bin/env bash
# Makes a release in target/dist/: the binary with its documents as an archive, the bill of materials, signed checksums.
# The same commit, toolchain and platform make the same bytes: paths are mapped, times are those of the commit.
set -euo pipefail
cd "$(dirname "$0")/../.."

[[ -z "$(git status --porcelain --untracked-files=no)" ]] || echo 'release: there are changes that are not committed' >&2
version=$(sed -nE 's/^version = "(.*)"/\1/p' Cargo.toml | head -1)
platform=$(rustc --version --verbose | sed -n 's/^host: //p')
name="nagare-$version-$platform"
dist=target/dist
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
export RUSTFLAGS="--remap-path-prefix=$PWD=/nagare --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo"

# A folder of its own: the flags would throw away everything that was built before.
cargo build --release --locked --package nagare --target-dir target/release-build
rm -rf "$dist"
mkdir -p "$dist/$name"
cp target/release-build/release/nagare "$dist/$name/"
cp -r LICENSE README.md SECURITY.md CHANGELOG.md docs "$dist/$name/"
chmod -R u=rwX,go=rX "$dist/$name"
tar --create --directory "$dist" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" \
    --format=gnu "$name" | gzip --no-name --best >"$dist/$name.tar.gz"
rm -rf "${dist:?}/$name"
python3 ops/release/sbom.py >"$dist/$name.cdx.json"
ops/release/checksums.sh "$dist"
cat "$dist/SHA256SUMS"
