#!/usr/bin/env bash
# The fast loop: format, clippy of the server side and of the client side, unit tests.
#
#   scripts/check.sh        all of it
#   scripts/check.sh lint   format and clippy only
set -euo pipefail
cd "$(dirname "$0")/.."
eval "$(scripts/tools.sh env)"

# Debian's toolchain, the fallback for the browser's target, comes without clippy and rustfmt.
linter=$RUSTUP_TOOLCHAIN
[ "$linter" != debian ] || linter=$(env -u RUSTUP_TOOLCHAIN rustup show active-toolchain | cut -d' ' -f1)
say() { printf '\033[1m[check]\033[0m %s\n' "$*" >&2; }

say "Format"
RUSTUP_TOOLCHAIN=$linter cargo fmt --all --check
say "clippy, server side"
RUSTUP_TOOLCHAIN=$linter cargo clippy --quiet --all-targets -- -D warnings
say "clippy, client side"
RUSTUP_TOOLCHAIN=$linter cargo clippy --quiet -p frontend -p app --lib --features app/hydrate -- -D warnings
[ "${1:-}" = lint ] && exit
say "Unit tests"
cargo test --quiet -p domain -p app --features app/ssr --lib --bins --tests
