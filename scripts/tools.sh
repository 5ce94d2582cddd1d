#!/usr/bin/env bash
# Installs what the project builds and tests with, once, and says what it is doing.
#
#   scripts/tools.sh build   compiler target, cargo-leptos, wasm-bindgen, Tailwind, wasm-opt
#   scripts/tools.sh test    all of that, Playwright, Chromium, nginx, the PostgreSQL server, Noto fonts,
#                            pdftotext
#   scripts/tools.sh deny    cargo-deny
#   scripts/tools.sh env     prints the environment the Makefile's commands run in
#
# Everything that is built here lives in $VORTEIL_CACHE (default ~/.cache/vorteil), keyed by
# version, so a second run finds it and does nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

CACHE=${VORTEIL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/vorteil}
WASM_BINDGEN=$(sed -n 's/^wasm-bindgen = { version = "=\([0-9.]*\)".*/\1/p' Cargo.toml)
CARGO_LEPTOS=0.3.11
CARGO_DENY=0.20.2
# Below this compiler cargo-leptos does not build.
RUST_MIN=1.96
TARGET=wasm32-unknown-unknown
TOOLS=$CACHE/tools-$CARGO_LEPTOS-$WASM_BINDGEN

step=0
steps=5
say() { printf '\033[1m[%s/%s]\033[0m %s\n' "$step" "$steps" "$*" >&2; }
next() { step=$((step + 1)); say "$@"; }
fail() { printf 'tools: %s\n' "$*" >&2; exit 1; }
quiet() { # runs a command, shows its output only when it fails
  local log=$CACHE/log/$1.log; shift
  mkdir -p "$CACHE/log"
  "$@" >"$log" 2>&1 || { tail -n 40 "$log" >&2; fail "this failed: $* (whole output: $log)"; }
}
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
apt_install() {
  command -v apt-get >/dev/null || fail "please install these packages with your system's own tool: $*"
  quiet apt-update as_root apt-get update
  quiet "apt-$1" as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
}
has_font() { # pattern of a file's name
  local folders=(/usr/share/fonts /usr/local/share/fonts "$HOME/.fonts" "$HOME/.local/share/fonts")
  [ -n "$(find "${folders[@]}" -name "$1" -print -quit 2>/dev/null || true)" ]
}
newer_than() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }

# Which toolchain builds: the machine's own, if it is new enough and has (or can get) the
# wasm32 target; otherwise Debian's rustc with a standard library built from its source.
has_target() { # toolchain
  local libdir
  libdir=$(RUSTUP_TOOLCHAIN=$1 rustc --print sysroot 2>/dev/null)/lib/rustlib/$TARGET/lib
  compgen -G "$libdir/libstd-*.rlib" >/dev/null
}
choose_toolchain() {
  command -v rustup >/dev/null || fail "rustup is missing: see https://rustup.rs"
  local own
  own=$(env -u RUSTUP_TOOLCHAIN rustup show active-toolchain 2>/dev/null | cut -d' ' -f1)
  if [ -n "$own" ] && newer_than "$RUST_MIN" "$(env -u RUSTUP_TOOLCHAIN rustc --version | cut -d' ' -f2)" \
    && { has_target "$own" || timeout 120 rustup target add $TARGET >/dev/null 2>&1; }; then
    echo "$own"; return
  fi
  echo debian
}
install_debian_toolchain() {
  if has_target debian; then return; fi
  say "No wasm32 target can be downloaded: taking Debian's rustc and building its standard library (about 2 minutes)"
  [ -x /usr/bin/rustc ] && [ -d /usr/lib/rustlib/src/rust ] || apt_install rustc-web rust-web-src
  local donor rust_lld std
  donor=$(env -u RUSTUP_TOOLCHAIN rustc --print sysroot)/lib/rustlib/$(uname -m)-unknown-linux-gnu/bin
  rust_lld=/usr/lib/rustlib/$(uname -m)-unknown-linux-gnu/bin
  as_root mkdir -p "$rust_lld"
  as_root ln -sfn "$donor/rust-lld" "$rust_lld/rust-lld"
  as_root ln -sfn "$donor/gcc-ld" "$rust_lld/gcc-ld"
  std=$CACHE/std; rm -rf "$std"; mkdir -p "$std/src"
  printf '[package]\nname = "std_only"\nversion = "0.0.0"\nedition = "2021"\n[lib]\ncrate-type = ["cdylib"]\n' >"$std/Cargo.toml"
  : >"$std/src/lib.rs"
  # Linking the empty library may fail; the rlibs are what is wanted.
  (cd "$std" && RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=$std/target \
    cargo build --release -Zbuild-std=std,panic_abort --target $TARGET >"$std/log" 2>&1) || true
  compgen -G "$std/target/$TARGET/release/deps/libstd-*.rlib" >/dev/null \
    || { tail -n 30 "$std/log" >&2; fail "the standard library for $TARGET did not build"; }
  as_root mkdir -p /usr/lib/rustlib/$TARGET/lib
  as_root cp "$std"/target/$TARGET/release/deps/*.rlib /usr/lib/rustlib/$TARGET/lib/
  rm -rf "$std"
  rustup toolchain link debian /usr
}

# The tools are built without their own release profile: fat LTO costs 30 minutes and the
# tools gain nothing that a build of this size would notice.
cargo_tool() { # name version features…
  local name=$1 version=$2; shift 2
  [ -x "$TOOLS/bin/$name" ] && return
  if [ "$("$name" --version 2>/dev/null | awk '{print $2}')" = "$version" ]; then return; fi
  local crate=$name; [ "$name" = wasm-bindgen ] && crate=wasm-bindgen-cli
  say "Building $crate $version (once; several minutes)"
  # The debug profile is cheaper to link; opt-level 1 keeps wasm-bindgen usable on big modules.
  CARGO_PROFILE_RELEASE_LTO=false CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
    CARGO_PROFILE_RELEASE_OPT_LEVEL=${OPT:-0} CARGO_PROFILE_RELEASE_DEBUG=0 \
    CARGO_TARGET_DIR=$CACHE/tools-build \
    quiet "$crate" cargo install "$crate" --version "$version" --root "$TOOLS" "$@"
}
# `install --no-save`, not `ci`: a lock file without registry addresses lists no packages of other
# platforms, and `ci` takes that for an error. Versions and integrity still come from the lock.
npm_tools() { # folder
  local stamp=$1/node_modules/.stamp sum
  sum=$(sha256sum "$1/package-lock.json" | cut -d' ' -f1)
  [ "$(cat "$stamp" 2>/dev/null)" = "$sum" ] && return
  say "Installing the npm packages of $1/"
  quiet "npm-$1" env PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm install --no-save --prefix "$1" --no-audit --no-fund
  echo "$sum" >"$stamp"
}

case "${1:-}" in
env)
  toolchain=$(choose_toolchain)
  echo "export RUSTUP_TOOLCHAIN=$toolchain"
  echo "export PATH=$TOOLS/bin:$PWD/style/node_modules/.bin:\$PATH"
  echo "export VORTEIL_CACHE=$CACHE"
  exit ;;
deny)
  steps=1
  next "cargo-deny $CARGO_DENY"
  cargo_tool cargo-deny "$CARGO_DENY" --locked
  rm -rf "$CACHE/tools-build"
  exit ;;
build | test) [ "$1" = test ] && steps=10 ;;
*) sed -n '2,10s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac

mkdir -p "$CACHE"
next "Compiler with the $TARGET target"
toolchain=$(choose_toolchain)
[ "$toolchain" = debian ] && install_debian_toolchain
export RUSTUP_TOOLCHAIN=$toolchain
next "wasm-bindgen $WASM_BINDGEN"
OPT=1 cargo_tool wasm-bindgen "$WASM_BINDGEN"
next "cargo-leptos $CARGO_LEPTOS"
cargo_tool cargo-leptos "$CARGO_LEPTOS" --locked --features no_downloads
rm -rf "$CACHE/tools-build"
next "Tailwind and wasm-opt"
command -v npm >/dev/null || apt_install nodejs npm
npm_tools style
next "Tools are ready in $TOOLS"
if [ "$1" = test ]; then
  next "Playwright"
  npm_tools end2end
  next "Chromium"
  command -v chromium >/dev/null || apt_install chromium
  next "nginx"
  command -v openssl >/dev/null || apt_install openssl
  if [ ! -x "${NGINX:-/usr/sbin/nginx}" ]; then
    apt_install nginx
    # The package starts a web server of its own, which the tests do not need and nobody asked for.
    if [ -d /run/systemd/system ]; then quiet nginx-off as_root systemctl disable --now nginx; fi
  fi
  next "PostgreSQL server"
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null || apt_install postgresql
  next "Fonts for invoices, and what reads their PDF"
  missing=()
  { has_font 'NotoSansThai*' && has_font 'NotoSansDevanagari*'; } || missing+=(fonts-noto-core)
  has_font 'NotoSansCJK*' || missing+=(fonts-noto-cjk)
  has_font 'NotoColorEmoji*' || missing+=(fonts-noto-color-emoji)
  command -v pdftotext >/dev/null || missing+=(poppler-utils)
  [ "${#missing[@]}" -eq 0 ] || apt_install "${missing[@]}"
fi
