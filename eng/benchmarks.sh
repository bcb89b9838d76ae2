#!/usr/bin/env bash
# Runs everything that docs/benchmarks.md has figures of, one after the other, and keeps what each printed and wrote in a directory. For a machine that does nothing else.
#
#   bash eng/benchmarks.sh MQBLAST.C DIRECTORY            some three quarters of an hour on 2 processors
#   bash eng/benchmarks.sh MQBLAST.C DIRECTORY --soak     and the half hour of memory
#
# Exit code 0 only when nothing was lost and everything is as wanted; each that is not says so in its own file.
set -uo pipefail
if [ $# -lt 2 ] || [ $# -gt 3 ] || [ "${3:---soak}" != --soak ]; then
  sed -n '2,6p' "$0"
  exit 2
fi
mqblast=$(realpath "$1") && mkdir -p "$2" && out=$(realpath "$2") || exit 2
cd "$(dirname "$0")/.."
export MSBUILDDISABLENODEREUSE=1
dotnet build -c Release TrafficCore.sln -v quiet || exit 1
bench() { benchmarks/TrafficCore.LoadBench/bin/Release/net10.0/TrafficCore.LoadBench --mqblast "$mqblast" --json "$out/$name.json" "$@"; }
micro() { benchmarks/TrafficCore.Benchmarks/bin/Release/net10.0/TrafficCore.Benchmarks "$@"; }

failed=0
run() {
  name=$1
  shift
  local began=$SECONDS
  "$@" > "$out/$name.txt" 2>&1
  local status=$?
  [ $status -eq 0 ] || failed=1
  echo "$name: exit $status, $((SECONDS - began)) s"
}

run timings micro timings "$out/timings"
run table micro table "$out/timings"
run goals micro goals "$out/timings"
run gate bench --gate --rounds 5
run load bench --rounds 5
run growth bench --growth --rounds 2
run chart benchmarks/TrafficCore.LoadBench/bin/Release/net10.0/TrafficCore.LoadBench chart "$out/growth.json" --svg docs/growth.svg
run publication bench --publication
run neighbours bench --neighbours --rounds 3
run profile bench --profile
run idle bench --idle 10000 --rounds 3
if [ "${3:-}" = --soak ]; then run soak bench --soak 30m; fi
exit $failed
