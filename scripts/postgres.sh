#!/usr/bin/env bash
# A throw-away PostgreSQL server for the tests: in a temporary folder, on a free port of the
# loopback address, gone after `stop`.
#
#   eval "$(scripts/postgres.sh start)"   starts it and sets VORTEIL_TEST_POSTGRES
#   scripts/postgres.sh stop              stops it and removes the folder
set -euo pipefail

folder=${VORTEIL_PG_FOLDER:-${TMPDIR:-/tmp}/vorteil-postgres-$(id -u)}
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1 || true)
[ -n "$bin" ] || bin=$(dirname "$(command -v initdb || echo /missing/initdb)")
[ -x "$bin/initdb" ] || { echo "postgres: no initdb found; install the package postgresql" >&2; exit 1; }

# The server refuses to run as root.
run() { if [ "$(id -u)" = 0 ]; then su postgres -s /bin/bash -c "cd / && $(printf '%q ' "$@")"; else "$@"; fi; }

stop() {
  if [ -f "$folder/data/postmaster.pid" ]; then run "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1 || true; fi
  rm -rf "$folder"
}

case "${1:-}" in
start)
  stop
  mkdir -p "$folder"
  if [ "$(id -u)" = 0 ]; then chown postgres "$folder"; fi
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])' 2>/dev/null \
    || node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })')
  run "$bin/initdb" -D "$folder/data" -U vorteil -A trust -E UTF8 --locale=C -N >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 1; }
  # Durability is for real servers; here it would only cost time.
  run "$bin/pg_ctl" -D "$folder/data" -w -t 60 -l "$folder/data/log" -o \
    "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=400" \
    start >>"$folder/log" 2>&1 || { cat "$folder/log" "$folder/data/log" >&2; exit 1; }
  echo "export VORTEIL_TEST_POSTGRES=postgres://vorteil@127.0.0.1:$port"
  ;;
stop) stop ;;
*) sed -n '2,6s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
