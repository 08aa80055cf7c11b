#!/usr/bin/env bash
# What an increment costs as history grows: upload, load and staging of the same few patients on a small and on a large history.
#   benchmarks/history.sh WORK [SMALL] [LARGE] [INCREMENTS] [PATIENTS]
# WORK: a folder with room for three times the bundles (about 4 MB a patient). SMALL, LARGE: living patients of the two histories (200, 2000).
# INCREMENTS, PATIENTS: how many increments of how many patients (3 of 20), taken in turn by both histories.
# With POSTGRES_BIN (such as /usr/lib/postgresql/15/bin) and POSTGRES_USER (an account that may start a server) on a PostgreSQL of its own; else on DuckDB.
# Prints CPU seconds of the host and of the database's server, which other work on the machine disturbs less than the clock; those in which the server counts
# all rows for the summary are told apart. What has been done in WORK is not done again: with a greater number of increments it goes on.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p "$1"; work=$(realpath "$1"); small=${2:-200}; large=${3:-2000}; increments=${4:-3}; patients=${5:-20}
dotnet build FhirAspire.AppHost -c Release --nologo -v quiet -clp:ErrorsOnly > /dev/null
host=(dotnet FhirAspire.AppHost/bin/Release/net10.0/FhirAspire.AppHost.dll)

generate() { [ -d "$work/$1" ] || "${host[@]}" generate --patients "$2" --seed "$3" --out "$work/$1" > "$work/$1.log"; }
generate small "$small" 1
generate large "$large" 2
for i in $(seq "$increments"); do generate "more$i" "$patients" $((100 + i)); done

# The project up to staging: what is above it has its own figures in docs/performance.md.
project=$work/project
rm -rf "$project"
cp -r dbt "$project"
rm -rf "$project"/models/{intermediate,marts,analytics} "$project"/tests/*.sql "$project"/target
printf '\ndata_tests:\n  +enabled: false\nunit_tests:\n  +enabled: false\n' >> "$project/dbt_project.yml"
settings=(--set "Dbt:ProjectDir=$project" --set Quality:Enabled=false)

server=
if [ -n "${POSTGRES_BIN:-}" ]; then
  as() { su "$POSTGRES_USER" -c "$*"; }
  port=${POSTGRES_PORT:-25432}
  mkdir -p "$work/pg" && chown "$POSTGRES_USER" "$work/pg"
  [ -f "$work/pg/PG_VERSION" ] || as "$POSTGRES_BIN/initdb -A trust -D $work/pg" > "$work/initdb.log"
  # Without autovacuum, which comes when it likes; the engine itself gathers statistics.
  as "$POSTGRES_BIN/pg_ctl -w -D $work/pg -l $work/pg/server.log -o '-c listen_addresses=127.0.0.1 -c unix_socket_directories= -p $port -c autovacuum=off -c shared_buffers=1GB -c max_wal_size=8GB -c checkpoint_timeout=1h' start" > /dev/null
  trap 'as "$POSTGRES_BIN/pg_ctl -D $work/pg -m fast stop" > /dev/null' EXIT
  server=$(head -1 "$work/pg/postmaster.pid")
fi

# CPU seconds of the server's processes that have ended, and of those that run.
server_cpu() {
  [ -n "$server" ] || { echo 0; return; }
  { cat "/proc/$server/stat"; for child in $(pgrep -P "$server"); do cat "/proc/$child/stat" 2> /dev/null || true; done; } |
    sed 's/^.*) //' | awk -v ticks="$(getconf CLK_TCK)" 'NR == 1 { sum += $14 + $15 } { sum += $12 + $13 } END { printf "%.2f", sum / ticks }'
}

sql() { psql -qtA -h 127.0.0.1 -p "$port" -U "$POSTGRES_USER" "$1"; }

# What the last lines of the summary ask for.
count_rows() {
  [ -n "$server" ] || return 0
  sql "$1" > /dev/null <<< "select format('select count(*) from %I.%I', table_schema, table_name) from information_schema.tables where table_schema in ('raw', 'staging') \gexec"
}

once() {
  local history=$1 source=$2 database=()
  [ ! -f "$work/$history-$source.json" ] || return 0
  if [ -n "$server" ]; then
    sql postgres <<< "select 1 from pg_database where datname = '$history'" | grep -q 1 || sql postgres <<< "create database $history"
    database=(--set Warehouse:Provider=postgres --set "Warehouse:Postgres:ConnectionString=Host=127.0.0.1;Port=$port;Username=$POSTGRES_USER;Database=$history")
  fi
  local before after; before=$(server_cpu)
  /usr/bin/time -o "$work/time" -f '%U %S %e' "${host[@]}" once --data "$work/data-$history" --source "$work/$source" --json "$work/$history-$source.json" "${settings[@]}" "${database[@]}" > "$work/$history-$source.log"
  after=$(server_cpu)
  count_rows "$history"
  awk -v b="$before" -v a="$after" -v c="$(server_cpu)" -v name="$source on $history" '{
    printf "%-15s host %6.2f, server %7.2f, together %7.2f CPU s; counting %5.2f; %6.1f s on the clock", name, $1 + $2, 2 * a - b - c, $1 + $2 + 2 * a - b - c, c - a, $3 }' "$work/time"
  # The seconds of the stages, without the start of the process.
  awk -F'│' '$2 ~ /^ (upload|load|dbt in all) *$/ { gsub(/ /, "", $7); gsub(/^ +| +$/, "", $2); printf "%s %s %s", separator ? "," : ":", $2, $7; separator = 1 } END { print "" }' "$work/$history-$source.log"
}

once small small
once large large
for i in $(seq "$increments"); do
  once small "more$i"
  once large "more$i"
done
