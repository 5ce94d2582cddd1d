#!/usr/bin/env bash
# Builds the server, and what the browser loads; does nothing when nothing changed.
#
#   scripts/build.sh            target/debug/vorteil, which shares its build with `cargo test`
#   scripts/build.sh release    target/release/vorteil, to deliver
#
# cargo-leptos would split, optimise and compress the client again each time, and its second
# `--split` on the same sources fails (cargo-leptos#557), so the client's inputs are compared
# first.
set -euo pipefail
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-target}
site=target/site

inputs() {
  { git ls-files -co --exclude-standard -- Cargo.toml Cargo.lock .cargo app domain frontend style | LC_ALL=C sort \
    | while IFS= read -r f; do if [ -f "$f" ]; then sha256sum "$f"; fi; done
    rustc --version; } | sha256sum
}
now=$(inputs)
if [ "$now" != "$(cat "$site/.inputs" 2>/dev/null)" ]; then
  rm -rf "$site" "$target/wasm_split_temp"
  cargo leptos build --release --split --precompress --frontend-only
  # cargo-leptos puts the list of hashes beside the server that it would build.
  cp "$target/debug/hash.txt" "$site/hash.txt"
  echo "$now" >"$site/.inputs"
fi
if [ "${1:-}" = release ]; then
  cargo build --release --bin vorteil
  cp "$site/hash.txt" "$target/release/hash.txt"
else
  cargo build
  cp "$site/hash.txt" "$target/debug/hash.txt"
fi
