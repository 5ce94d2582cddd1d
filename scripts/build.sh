#!/usr/bin/env bash
# Builds server, WebAssembly and stylesheet; does nothing when nothing changed.
#
# cargo-leptos would split, optimise and compress the client again each time, and its second
# `--split` on the same sources fails (cargo-leptos#557), so the inputs are compared first.
set -euo pipefail
cd "$(dirname "$0")/.."

target=${CARGO_TARGET_DIR:-target}
profile=${LEPTOS_BIN_PROFILE_RELEASE:-dev}
[ "$profile" = dev ] && folder=debug || folder=$profile
stamp=$target/$folder/.vorteil-inputs

inputs() {
  { git ls-files -co --exclude-standard -- Cargo.toml Cargo.lock .cargo app domain frontend migrations server store style demo \
    | grep -v '/tests/' | LC_ALL=C sort | while IFS= read -r f; do [ -f "$f" ] && sha256sum "$f"; done
    rustc --version; } | sha256sum
}
now=$(inputs)
if [ "$now" = "$(cat "$stamp" 2>/dev/null)" ] && [ -x "$target/$folder/vorteil" ] && [ -d target/site/pkg ]; then
  exit 0
fi
rm -f "$stamp"
rm -rf target/site target/wasm-split
cargo leptos build --release --split --precompress
echo "$now" >"$stamp"
