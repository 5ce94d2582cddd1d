#!/usr/bin/env bash
# Every test: lints, rules, queries on SQLite and PostgreSQL, the router, the size of the first
# visit, and what a person does in a browser. Prints the counts.
set -euo pipefail
cd "$(dirname "$0")/.."
started=$SECONDS
say() { printf '\n\033[1m[test, %s s]\033[0m %s\n' "$((SECONDS - started))" "$*" >&2; }

scripts/tools.sh test
eval "$(scripts/tools.sh env)"
log=$(mktemp -d)
trap 'scripts/postgres.sh stop; rm -rf "$log"' EXIT
failed=""
# A part that fails does not stop the others; the last lines say which it was.
part() {
  local name=$1 code=0
  shift
  "$@" || code=$?
  [ "$code" -eq 0 ] || failed+=" $name (exit code $code)"
}
rust() { cargo test --no-fail-fast 2>&1 | tee "$log/cargo"; }
types() { (cd end2end && npx tsc --noEmit); }
browser() { (cd end2end && npx playwright test) 2>&1 | tee "$log/browser"; }

say "Lints"
scripts/check.sh lint

say "Build"
scripts/build.sh

say "Rules, queries, router (with a PostgreSQL server of the tests' own)"
eval "$(scripts/postgres.sh start)"
part "cargo test" rust

say "Size of the first visit"
part size node scripts/size.mjs

say "Browser"
part "browser types" types
part playwright browser

# Totals over both runners; a runner that did not get as far as a total counts as a failure.
rust_total=$(awk '/^test result:/ { p += $4; f += $6 } END { print p + 0, f + 0 }' "$log/cargo")
browser_total=$(awk '/^ +[0-9]+ passed/ { p = $1 } /^ +[0-9]+ failed/ { f = $1 } END { print p + 0, f + 0 }' "$log/browser")
read -r rust_passed rust_failed <<<"$rust_total"
read -r browser_passed browser_failed <<<"$browser_total"
say "Done"
echo "Rust: $rust_passed passed, $rust_failed failed. Browser: $browser_passed passed, $browser_failed failed."
[ "$rust_passed" -gt 0 ] && [ "$browser_passed" -gt 0 ] || failed+=" counts"
echo "$((rust_passed + browser_passed)) passed, $((rust_failed + browser_failed)) failed"
[ -z "$failed" ] || { echo "Failed:$failed"; exit 1; }
