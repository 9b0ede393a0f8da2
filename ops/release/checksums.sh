#!/usr/bin/env bash
# checksums.sh FOLDER: writes SHA256SUMS of the files of a release, and signs it as SHA256SUMS.sig when
# NAGARE_RELEASE_KEY names a private key of SSH. SECURITY.md says how a release is verified.
set -euo pipefail
cd "$1"

rm -f SHA256SUMS SHA256SUMS.sig
sha256sum -- * >SHA256SUMS
if [[ -n "${NAGARE_RELEASE_KEY:-}" ]]; then
    ssh-keygen -q -Y sign -f "$NAGARE_RELEASE_KEY" -n nagare-release SHA256SUMS
else
    echo 'release: NAGARE_RELEASE_KEY names no key, the checksums are not signed' >&2
fi
